// Severity, documentation and parameters: rules/mc203-istiod-hpa-range.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// A ScaledObject that is paused or idles does not start from its minimum.
bool cannot_scale(const Autoscaler& autoscaler) {
  return autoscaler.over_minimum.empty() && autoscaler.max.value <= autoscaler.min.value;
}

Draft report(const ControlPlane& plane, Sink& sink) {
  const Autoscaler& autoscaler = *plane.autoscaler;
  const Node where = plane.place(autoscaler.max.from);
  const std::string aside = in_parentheses(autoscaler.max.from);
  if (cannot_scale(autoscaler)) {
    return sink.report(where, "{} cannot scale: its autoscaler goes from {} to {} replicas{}",
                       plane.name, autoscaler.min.value, autoscaler.max.value, aside);
  }
  return sink.report_as("small-maximum", where, "{} can grow to {} replicas only{}", plane.name,
                        autoscaler.max.value, aside);
}

void judge(const ControlPlane& plane, std::int64_t wanted, Sink& sink) {
  const Autoscaler& autoscaler = *plane.autoscaler;
  if (!autoscaler.min.known() || !autoscaler.max.known()) {
    const Provenance& from = autoscaler.max.known() ? autoscaler.min.from : autoscaler.max.from;
    sink.not_evaluated(
        fmt::format("the range of {}'s autoscaler is not known: {}", plane.name, from.text));
    return;
  }
  if (!cannot_scale(autoscaler) && autoscaler.max.value >= wanted) return sink.judged();
  // Room for at least as many again as run at rest.
  const std::int64_t max = std::max(wanted, 2 * autoscaler.min.value);
  const bool keda = autoscaler.object.kind == "ScaledObject";
  const std::string_view field = keda ? "maxReplicaCount" : "maxReplicas";
  Draft finding = report(plane, sink);
  finding.about(plane)
      .field(plane.deployment != nullptr ? fmt::format("spec.{}", field) : "autoscaleMax")
      .compare(std::to_string(autoscaler.max.value), fmt::format("at least {}", max),
               autoscaler.max.from)
      .fix(fmt::format("Let the autoscaler grow to {} replicas.", max))
      .patch(manifest_head(autoscaler.object) + fmt::format("spec:\n  {}: {}\n", field, max));
  if (!autoscaler.beside_chart) finding.setting("autoscaleMax", std::to_string(max));
  if (autoscaler.beside_chart || plane.deployment != nullptr) finding.object(autoscaler.object);
}

}  // namespace

void mc203_istiod_hpa_range(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.autoscaler && plane.autoscaler_known) {
      judge(plane, parameters.integer("max-replicas"), sink);
    } else {
      sink.not_evaluated(fmt::format("no autoscaler of {} in the input", plane.name));
    }
  }
}

}  // namespace meshcheck::rules
