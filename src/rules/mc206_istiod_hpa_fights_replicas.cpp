// Severity, documentation and parameters: rules/mc206-istiod-hpa-fights-replicas.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Whether applying the manifest can ever undo what the autoscaler has done.
bool fights(const ControlPlane& plane) {
  if (!plane.autoscaler || !plane.declared_replicas || !plane.fixed_replicas.value) return false;
  const std::int64_t fixed = *plane.fixed_replicas.value;
  // An HPA with no room to move agrees with the number it is given.
  const bool no_room = plane.autoscaler->min.value == fixed && plane.autoscaler->max.value == fixed;
  return !no_room && !plane.retired();
}

void report_fight(const ControlPlane& plane, Sink& sink) {
  const Autoscaler& autoscaler = *plane.autoscaler;
  sink.report(plane.place(plane.fixed_replicas.from),
              "{} is set to {} replica{}, which {} {} ({} to {}) is to decide: "
              "each apply undoes its work",
              plane.name, *plane.fixed_replicas.value, *plane.fixed_replicas.value == 1 ? "" : "s",
              autoscaler.object.kind, autoscaler.object.name, autoscaler.min.value,
              autoscaler.max.value)
      .about(plane)
      .field("spec.replicas")
      .compare(std::to_string(*plane.fixed_replicas.value), "not set", plane.fixed_replicas.from)
      .related("its autoscaler", autoscaler.anchor, autoscaler.object)
      // Without the first step the API server's default, 1, replaces the number that goes.
      .fix(fmt::format("Run kubectl apply edit-last-applied deployment/{} -n {} and delete "
                       "spec.replicas there, then delete it from the manifest; in the other order "
                       "the next apply scales istiod to 1.",
                       plane.name, plane.name_space));
}

}  // namespace

void mc206_istiod_hpa_fights_replicas(const Mesh& mesh, const Parameters& /*parameters*/,
                                      Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.autoscaler_known || !plane.fixed_replicas.known() ||
        (plane.autoscaler && !(plane.autoscaler->min.known() && plane.autoscaler->max.known()))) {
      sink.not_evaluated(fmt::format("the replicas of {} are not in the input", plane.name));
    } else if (fights(plane)) {
      report_fight(plane, sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
