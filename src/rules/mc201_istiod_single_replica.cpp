// Severity, documentation and parameters: rules/mc201-istiod-single-replica.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The injector of this istiod, where it refuses new pods while istiod does not answer
// (istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml).
const Resource* closed_injector(const Mesh& mesh, const ControlPlane& plane) {
  for (const Resource* webhooks : mesh.resources->of_kind("MutatingWebhookConfiguration")) {
    for (const Node webhook : webhooks->root()["webhooks"].items()) {
      const Node service = webhook["clientConfig"]["service"];
      if (service["name"].text() == plane.name && service["namespace"].text() == plane.name_space &&
          webhook["failurePolicy"].text() == "Fail") {
        return webhooks;
      }
    }
  }
  return nullptr;
}

// Values did not make it and settings have no effect on it: the chart's own is of its revision.
bool stands_beside_values(const ControlPlane& plane) {
  return plane.autoscaler && plane.deployment == nullptr &&
         plane.autoscaler->object.revision.empty();
}

// What KEDA idles or is paused at goes before its minReplicaCount.
bool decides_over_minimum(const Mesh& mesh, const ControlPlane& plane) {
  if (!plane.autoscaler || plane.autoscaler->min.from.kind != Provenance::Kind::input) return false;
  const ObjectRef& object = plane.autoscaler->object;
  const Resource* scaled = mesh.resources->find("ScaledObject", object.name_space, object.name);
  return object.kind == "ScaledObject" && scaled != nullptr &&
         !(scaled->spec()["minReplicaCount"] == plane.autoscaler->min.from.node);
}

void add_fix(Draft& finding, const ControlPlane& plane, std::int64_t wanted) {
  if (stands_beside_values(plane)) {
    finding.object(plane.autoscaler->object)
        .fix(fmt::format("Let autoscaling start at {} replicas.", wanted))
        .patch(replicas_patch(plane, wanted));
    return;
  }
  if (plane.autoscaler) {
    finding.fix(fmt::format("Let autoscaling start at {} replicas.", wanted));
  } else {
    finding.fix(fmt::format("Run at least {} replicas, and let them grow with the load.", wanted))
        .setting("autoscaleEnabled", "true");
  }
  finding.setting("autoscaleMin", std::to_string(wanted)).patch(replicas_patch(plane, wanted));
}

void judge(const Mesh& mesh, const ControlPlane& plane, std::int64_t wanted, Sink& sink) {
  const Traced<std::int64_t> replicas = plane.min_replicas();
  if (plane.retired() || replicas.value >= wanted) {
    sink.judged();
    return;
  }
  Draft finding =
      sink.report(plane.place(replicas.from), "{} keeps only {} replica{} at rest{}", plane.name,
                  replicas.value, replicas.value == 1 ? "" : "s", in_parentheses(replicas.from));
  finding.about(plane)
      .field(plane.autoscaler ? "spec.minReplicas" : "spec.replicas")
      .compare(std::to_string(replicas.value), fmt::format("at least {}", wanted), replicas.from);
  if (decides_over_minimum(mesh, plane)) {
    finding.fix(
        fmt::format("Let KEDA keep {} replicas: take idleReplicaCount, or the annotation "
                    "paused-replicas, away from ScaledObject {}.",
                    wanted, plane.autoscaler->object.name));
  } else {
    add_fix(finding, plane, wanted);
  }
  if (plane.autoscaler && plane.deployment != nullptr) {
    finding.related("its autoscaler", plane.autoscaler->anchor, plane.autoscaler->object);
  }
  if (const Resource* webhooks = closed_injector(mesh, plane)) {
    finding.related(
        "while istiod is away this injector refuses every new pod (failurePolicy: Fail)",
        webhooks->anchor(), webhooks->ref());
  }
}

}  // namespace

void mc201_istiod_single_replica(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    const Traced<std::int64_t> replicas = plane.min_replicas();
    if (!replicas.known() || !plane.autoscaler_known) {
      sink.not_evaluated(fmt::format("the replicas of {} are not in the input ({})", plane.name,
                                     replicas.from.text));
      continue;
    }
    judge(mesh, plane, parameters.integer("min-replicas"), sink);
  }
}

}  // namespace meshcheck::rules
