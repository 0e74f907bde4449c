// Severity, documentation and parameters: rules/mc104-istiod-cpu-limit-throttles.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// How many proxies istiod serves at a time: PILOT_PUSH_THROTTLE follows GOMAXPROCS, which follows
// the limit in whole cores (istio: pilot/pkg/features/tuning.go).
std::int64_t push_concurrency(const Quantity& limit) {
  const std::int64_t cores = (limit.milli() + 999) / 1000;
  return 15 + 5 * cores;
}

void judge(const ControlPlane& plane, const Quantity& floor, Sink& sink) {
  const auto& limit = plane.resources.cpu_limit;
  if (!limit.known()) {
    sink.not_evaluated(
        fmt::format("the CPU limit of {} is not known: {}", plane.name, limit.from.text));
    return;
  }
  const auto& vertical = plane.vertical;
  if (limit.value && vertical && vertical->controls_cpu && vertical->scales_limits) {
    sink.not_evaluated(
        fmt::format("VerticalPodAutoscaler {} scales {}'s CPU limit with the request",
                    vertical->object.name, plane.name));
    return;
  }
  if (!limit.value || *limit.value >= floor) return sink.judged();
  sink.report(plane.place(limit.from),
              "{}'s CPU limit of {}{} throttles it: it pushes to {} proxies at a time; leave it {} "
              "cores or no limit",
              plane.name, limit.value->text(), in_parentheses(limit.from),
              push_concurrency(*limit.value), floor.text())
      .about(plane)
      .field(container_field(plane, "resources.limits.cpu"))
      .container(kIstiodContainer)
      .compare(limit.value->text(), fmt::format("none, or at least {}", floor.text()), limit.from)
      .fix(fmt::format("Remove the CPU limit, or raise it to at least {} cores.", floor.text()))
      .setting("resources.limits.cpu", fmt::format("\"{}\"", floor.text()))
      .patch(container_patch(
          plane, fmt::format("resources:\n  limits:\n    cpu: \"{}\"\n", floor.text())));
}

}  // namespace

void mc104_istiod_cpu_limit_throttles(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  const Quantity floor = parameters.quantity("min-cpu");
  for (const ControlPlane& plane : mesh.control_planes) judge(plane, floor, sink);
}

}  // namespace meshcheck::rules
