// Severity, documentation and parameters: rules/mc102-istiod-memory-request.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

void add_fix(Draft& finding, const ControlPlane& plane, const Quantity& floor,
             const Quantity& preferred_limit) {
  finding
      .fix(fmt::format("Request {} of memory, or what istiod uses at its peak if that is more.",
                       floor.text()))
      .setting("resources.requests.memory", floor.text());
  const auto limit = raised_limit(plane.resources.memory_limit, floor, preferred_limit);
  if (limit) finding.setting("resources.limits.memory", yaml_word(*limit));
  finding.patch(container_patch(
      plane,
      fmt::format("resources:\n  requests:\n    memory: {}\n{}", floor.text(),
                  limit ? fmt::format("  limits:\n    memory: {}\n", yaml_word(*limit)) : "")));
}

Node place_of_minimum(const Mesh& mesh, const VerticalAutoscaler& vertical) {
  const ObjectRef& ref = vertical.object;
  const Resource* object = mesh.resources->find(ref.kind, ref.name_space, ref.name);
  if (object == nullptr) return vertical.anchor;
  for (const Node policy : object->spec()["resourcePolicy"]["containerPolicies"].items()) {
    const Node minimum = policy["minAllowed"]["memory"];
    if (minimum.text() == vertical.min_memory->text()) return minimum;
  }
  return vertical.anchor;
}

// A VerticalPodAutoscaler writes the request; only its lower bound is known.
void judge_vertical(const Mesh& mesh, const ControlPlane& plane, const Quantity& floor,
                    Sink& sink) {
  const VerticalAutoscaler& vertical = *plane.vertical;
  if (!vertical.min_memory) {
    sink.not_evaluated(
        fmt::format("VerticalPodAutoscaler {} sets {}'s memory request, with no "
                    "lower bound (minAllowed)",
                    vertical.object.name, plane.name));
    return;
  }
  if (*vertical.min_memory >= floor) return sink.judged();
  sink.report(place_of_minimum(mesh, vertical),
              "VerticalPodAutoscaler {} may lower {}'s memory request to {}", vertical.object.name,
              plane.name, vertical.min_memory->text())
      .about(plane)
      .object(vertical.object)
      .field("spec.resourcePolicy.containerPolicies[discovery].minAllowed.memory")
      .compare(vertical.min_memory->text(), "at least " + floor.text(), Provenance{})
      .fix(fmt::format("Raise minAllowed.memory of its container policy to {}.", floor.text()));
}

Draft report(const ControlPlane& plane, const Quantity& floor, Sink& sink) {
  const auto& request = plane.resources.memory_request;
  const Node where = plane.place(request.from);
  const std::string aside = in_parentheses(request.from);
  if (!request.value) return sink.report(where, "{} requests no memory{}", plane.name, aside);
  return sink.report(where, "{} requests only {} of memory{}; {} is the floor", plane.name,
                     request.value->text(), aside, floor.text());
}

void judge(const Mesh& mesh, const ControlPlane& plane, const Parameters& parameters, Sink& sink) {
  const Quantity floor = parameters.quantity("min-memory");
  const auto& request = plane.resources.memory_request;
  if (plane.vertical && plane.vertical->controls_memory)
    return judge_vertical(mesh, plane, floor, sink);
  if (!request.known()) {
    sink.not_evaluated(
        fmt::format("the memory request of {} is not known: {}", plane.name, request.from.text));
    return;
  }
  if (request.value && *request.value >= floor) return sink.judged();
  Draft finding = report(plane, floor, sink);
  finding.about(plane)
      .field(container_field(plane, "resources.requests.memory"))
      .container(kIstiodContainer)
      .compare(request.value ? request.value->text() : "none", "at least " + floor.text(),
               request.from);
  add_fix(finding, plane, floor, parameters.quantity("limit"));
}

}  // namespace

void mc102_istiod_memory_request(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) judge(mesh, plane, parameters, sink);
}

}  // namespace meshcheck::rules
