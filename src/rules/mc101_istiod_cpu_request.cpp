// Severity, documentation and parameters: rules/mc101-istiod-cpu-request.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Bounds {
  Quantity floor;
  Quantity recommended;

  std::string wanted() const { return "at least " + recommended.text(); }
};

void add_fix(Draft& finding, const ControlPlane& plane, const Bounds& bounds) {
  static const Quantity kLimit = Quantity::parse("2").value();
  const std::string& cpu = bounds.recommended.text();
  finding
      .fix(fmt::format("Request {} of CPU, or what istiod uses at its peak if that is more.", cpu))
      .setting("resources.requests.cpu", cpu);
  const auto limit = raised_limit(plane.resources.cpu_limit, bounds.recommended, kLimit);
  if (limit) finding.setting("resources.limits.cpu", yaml_word(*limit));
  finding.patch(container_patch(
      plane, fmt::format("resources:\n  requests:\n    cpu: {}\n{}", cpu,
                         limit ? fmt::format("  limits:\n    cpu: {}\n", yaml_word(*limit)) : "")));
}

// A VerticalPodAutoscaler writes the request; only its lower bound is known.
void judge_vertical(const ControlPlane& plane, const Bounds& bounds, Sink& sink) {
  const VerticalAutoscaler& vertical = *plane.vertical;
  if (!vertical.min_cpu) {
    sink.not_evaluated(
        fmt::format("VerticalPodAutoscaler {} sets {}'s CPU request, with no lower "
                    "bound (minAllowed)",
                    vertical.object.name, plane.name));
    return;
  }
  if (*vertical.min_cpu >= bounds.recommended) return sink.judged();
  const bool low = *vertical.min_cpu < bounds.floor;
  constexpr auto kMessage = "VerticalPodAutoscaler {} may lower {}'s CPU request to {}";
  Draft finding = low ? sink.report(vertical.anchor, kMessage, vertical.object.name, plane.name,
                                    vertical.min_cpu->text())
                      : sink.report_as("below-recommended", vertical.anchor, kMessage,
                                       vertical.object.name, plane.name, vertical.min_cpu->text());
  finding.about(plane)
      .object(vertical.object)
      .field("spec.resourcePolicy.containerPolicies[discovery].minAllowed.cpu")
      .compare(vertical.min_cpu->text(), bounds.wanted(), Provenance{})
      .fix(fmt::format("Raise minAllowed.cpu of its container policy to {}.",
                       bounds.recommended.text()));
}

Draft report(const ControlPlane& plane, const Bounds& bounds, Sink& sink) {
  const auto& request = plane.resources.cpu_request;
  const Node where = plane.place(request.from);
  if (!request.value) {
    return sink.report(where, "{} requests no CPU{}", plane.name, in_parentheses(request.from));
  }
  const std::string aside = in_parentheses(request.from);
  if (*request.value < bounds.floor) {
    return sink.report(where, "{} requests only {} of CPU{}; {} is the floor", plane.name,
                       request.value->text(), aside, bounds.floor.text());
  }
  return sink.report_as("below-recommended", where,
                        "{} requests only {} of CPU{}; {} is recommended", plane.name,
                        request.value->text(), aside, bounds.recommended.text());
}

void judge(const ControlPlane& plane, const Bounds& bounds, Sink& sink) {
  const auto& request = plane.resources.cpu_request;
  if (plane.vertical && plane.vertical->controls_cpu) return judge_vertical(plane, bounds, sink);
  if (!request.known()) {
    sink.not_evaluated(
        fmt::format("the CPU request of {} is not known: {}", plane.name, request.from.text));
    return;
  }
  if (request.value && *request.value >= bounds.recommended) return sink.judged();
  Draft finding = report(plane, bounds, sink);
  finding.about(plane)
      .field(container_field(plane, "resources.requests.cpu"))
      .container(kIstiodContainer)
      .compare(request.value ? request.value->text() : "none", bounds.wanted(), request.from);
  add_fix(finding, plane, bounds);
}

}  // namespace

void mc101_istiod_cpu_request(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  const Bounds bounds{parameters.quantity("min-cpu"), parameters.quantity("recommended-cpu")};
  for (const ControlPlane& plane : mesh.control_planes) judge(plane, bounds, sink);
}

}  // namespace meshcheck::rules
