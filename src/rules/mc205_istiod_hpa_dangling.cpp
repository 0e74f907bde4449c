// Severity, documentation and parameters: rules/mc205-istiod-hpa-dangling.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The istiod that the autoscaler was most likely meant for: the only one in its namespace that has
// none.
const ControlPlane* find_unscaled(const Mesh& mesh, std::string_view name_space) {
  const ControlPlane* found = nullptr;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.deployment == nullptr || plane.name_space != name_space || plane.autoscaler) continue;
    if (found != nullptr) return nullptr;
    found = &plane;
  }
  return found;
}

// Beside the Deployments in the input there are those that a chart will make, and kinds of which
// the model makes no control plane.
bool may_exist(const Mesh& mesh, const Resource& autoscaler, std::string_view target) {
  const std::string_view kind = autoscaler.spec()["scaleTargetRef"]["kind"].text();
  if (mesh.resources->find(kind.empty() ? "Deployment" : kind, autoscaler.name_space(), target)) {
    return true;
  }
  return std::ranges::any_of(mesh.control_planes, [&](const ControlPlane& plane) {
    return plane.deployment == nullptr && plane.name_space == autoscaler.name_space();
  });
}

void report_dangling(const Mesh& mesh, const IstiodPartner& autoscaler, Sink& sink) {
  const Resource& object = *autoscaler.object;
  const ControlPlane* meant = find_unscaled(mesh, object.name_space());
  Draft finding =
      sink.report(autoscaler.target, "{} {} scales Deployment {}, which does not exist{}",
                  object.kind(), object.name(), autoscaler.target.text(),
                  meant == nullptr ? "" : ": nothing scales " + meant->name);
  if (meant == nullptr) {
    finding.object(object.ref())
        .subject(fmt::format("istiod/{}/{}", object.name_space(), autoscaler.target.text()))
        .fix(fmt::format("Delete it: kubectl delete {} {} -n {}.", object.kind(), object.name(),
                         object.name_space()));
  } else {
    finding.about(*meant)
        .object(object.ref())
        .related("nothing scales this istiod", meant->anchor, meant->object)
        .fix(fmt::format("Point it at {}.", meant->name))
        .patch(
            manifest_head(object.ref()) +
            "spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: " +
            meant->name + '\n');
  }
  finding.field("spec.scaleTargetRef.name")
      .compare(std::string(autoscaler.target.text()),
               meant == nullptr ? "a Deployment that exists" : meant->name, {});
}

void judge_target(const Mesh& mesh, const IstiodPartner& autoscaler, Sink& sink) {
  const std::string_view target = autoscaler.target.text();
  // A patch names no target, and a variable that is filled in later is no name yet.
  if (target.empty() || name_holds_variable(target)) {
    sink.not_evaluated(fmt::format("{} {} does not say what it scales", autoscaler.object->kind(),
                                   autoscaler.object->name()));
  } else if (autoscaler.revisions.empty() && !may_exist(mesh, *autoscaler.object, target)) {
    report_dangling(mesh, autoscaler, sink);
  } else {
    sink.judged();
  }
}

// Something that is not in the manifest sets the request before the HPA asks for it.
bool is_set_later(const Mesh& mesh, const ControlPlane& plane, std::string_view resource) {
  if (plane.vertical) {
    return resource == "cpu" ? plane.vertical->controls_cpu : plane.vertical->controls_memory;
  }
  const auto ranges = mesh.resources->in_namespace("LimitRange", plane.name_space);
  return std::ranges::any_of(ranges, [&](const Resource* range) {
    const auto limits = range->spec()["limits"].items();
    return std::ranges::any_of(limits, [&](Node limit) {
      return limit["defaultRequest"][resource] || limit["default"][resource];
    });
  });
}

void judge_metric(const Mesh& mesh, const ControlPlane& plane, std::string_view resource,
                  const Traced<std::optional<std::int64_t>>& target,
                  const Traced<std::optional<Quantity>>& request, Sink& sink) {
  if (!target.value || request.value || is_set_later(mesh, plane, resource)) return;
  if (!request.known()) {
    sink.not_evaluated(
        fmt::format("the {} request of {} is not in the input", resource, plane.name));
    return;
  }
  const std::string_view typical = resource == "cpu" ? "500m" : "2Gi";
  sink.report(
          plane.place(target.from),
          "{} {} scales {} on {} % of its {} request, and it makes none: the metric has no value",
          plane.autoscaler->object.kind, plane.autoscaler->object.name, plane.name, *target.value,
          resource)
      .about(plane)
      .object(plane.autoscaler->object)
      .field(fmt::format("spec.metrics[{}]", resource))
      .related("the container without the request", plane.place(request.from), plane.object)
      .fix(fmt::format("Request {} for istiod; start with {} and correct it by what it uses.",
                       resource, typical))
      .setting(fmt::format("resources.requests.{}", resource), std::string(typical))
      .patch(container_patch(
          plane, fmt::format("resources:\n  requests:\n    {}: {}\n", resource, typical)));
}

}  // namespace

void mc205_istiod_hpa_dangling(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const IstiodPartner& autoscaler : mesh.istiod_autoscalers) {
    judge_target(mesh, autoscaler, sink);
  }
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.autoscaler_known) {
      sink.not_evaluated(fmt::format("the autoscaler of {} is not in the input", plane.name));
      continue;
    }
    sink.judged();
    if (!plane.autoscaler) continue;
    judge_metric(mesh, plane, "cpu", plane.autoscaler->cpu_target, plane.resources.cpu_request,
                 sink);
    judge_metric(mesh, plane, "memory", plane.autoscaler->memory_target,
                 plane.resources.memory_request, sink);
  }
}

}  // namespace meshcheck::rules
