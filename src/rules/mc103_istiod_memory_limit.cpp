// Severity, documentation and parameters: rules/mc103-istiod-memory-limit.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The recommended limit, or the request plus 30 % where that is more: a limit below the request is
// refused, one at the request is reached.
std::string wanted_limit(const ControlPlane& plane, const Quantity& recommended) {
  constexpr std::int64_t kMi = 1 << 20;
  const auto& request = plane.resources.memory_request.value;
  const std::int64_t bytes = request ? request->value() / 10 * 13 : 0;
  if (bytes <= recommended.value()) return recommended.text();
  return fmt::format("{}Mi", (bytes + kMi - 1) / kMi);
}

// istio: …/istio-discovery/templates/deployment.yaml from 1.18 to 1.28 sets GOMEMLIMIT from the
// limit, which the kubelet fills with the node's allocatable memory where there is none.
bool has_node_sized_heap(const ControlPlane& plane) {
  if (plane.deployment == nullptr) {
    return plane.version && plane.version->at_least(1, 18) && !plane.version->at_least(1, 29);
  }
  return std::ranges::any_of(plane.env, [](const EnvVar& variable) {
    return variable.name == "GOMEMLIMIT" && !variable.value;
  });
}

Draft report(const ControlPlane& plane, const Quantity& floor, Sink& sink) {
  const auto& limit = plane.resources.memory_limit;
  const Node where = plane.place(limit.from);
  if (limit.value) {
    return sink.report(where, "{}'s memory limit is {}{}; {} is the floor", plane.name,
                       limit.value->text(), in_parentheses(limit.from), floor.text());
  }
  return sink.report_as("missing", where,
                        "{} has no memory limit{}: {}, and there is no limit to alert against",
                        plane.name, in_parentheses(limit.from),
                        has_node_sized_heap(plane) ? "GOMEMLIMIT is then the node's memory"
                                                   : "its heap may grow to the node's memory");
}

void judge(const ControlPlane& plane, const Parameters& parameters, Sink& sink) {
  const auto& limit = plane.resources.memory_limit;
  if (!limit.known()) {
    sink.not_evaluated(
        fmt::format("the memory limit of {} is not known: {}", plane.name, limit.from.text));
    return;
  }
  const auto& vertical = plane.vertical;
  if (limit.value && vertical && vertical->controls_memory && vertical->scales_limits) {
    sink.not_evaluated(
        fmt::format("VerticalPodAutoscaler {} scales {}'s memory limit with the request",
                    vertical->object.name, plane.name));
    return;
  }
  const Quantity floor = parameters.quantity("min-memory");
  if (limit.value && *limit.value >= floor) return sink.judged();
  const std::string wanted = wanted_limit(plane, parameters.quantity("recommended-memory"));
  Draft finding = report(plane, floor, sink);
  finding.about(plane)
      .field(container_field(plane, "resources.limits.memory"))
      .container(kIstiodContainer)
      .compare(limit.value ? limit.value->text() : "none", "at least " + floor.text(), limit.from)
      .fix(fmt::format("Limit istiod's memory to its peak use plus 30 %; {} where nothing has been "
                       "measured.",
                       wanted))
      .setting("resources.limits.memory", wanted)
      .patch(
          container_patch(plane, fmt::format("resources:\n  limits:\n    memory: {}\n", wanted)));
}

}  // namespace

void mc103_istiod_memory_limit(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) judge(plane, parameters, sink);
}

}  // namespace meshcheck::rules
