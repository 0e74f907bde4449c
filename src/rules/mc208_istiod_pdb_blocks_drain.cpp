// Severity, documentation and parameters: rules/mc208-istiod-pdb-blocks-drain.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool known(const DisruptionBudget& budget) {
  return budget.min_available.known() && budget.max_unavailable.known();
}

// The pods that the budget counts at rest: a selector such as `app: istiod` spans all revisions.
// Nothing where some of them are not known.
std::optional<std::int64_t> pods_at_rest(const Mesh& mesh, const DisruptionBudget& budget) {
  std::int64_t pods = 0;
  for (const ControlPlane& plane : mesh.control_planes) {
    for (const DisruptionBudget& other : plane.budgets) {
      if (other.object != budget.object || plane.retired()) continue;
      const Traced<std::int64_t> replicas = plane.min_replicas();
      if (!replicas.known()) return std::nullopt;
      pods += replicas.value;
    }
  }
  return pods;
}

// k8s: pkg/controller/disruption/disruption.go, getExpectedPodCount.
std::int64_t allowed_disruptions(const DisruptionBudget& budget, std::int64_t pods) {
  if (budget.max_unavailable.value) return budget.max_unavailable.value->of(pods);
  if (budget.min_available.value) return pods - budget.min_available.value->of(pods);
  return 0;  // a budget that says neither allows nothing
}

// "minAvailable 1 of 1", as the message puts it.
std::string terms(const DisruptionBudget& budget, std::int64_t pods) {
  if (budget.max_unavailable.value) {
    return fmt::format("maxUnavailable {} of {}", budget.max_unavailable.value->text(), pods);
  }
  if (budget.min_available.value) {
    return fmt::format("minAvailable {} of {}", budget.min_available.value->text(), pods);
  }
  return "neither minAvailable nor maxUnavailable";
}

// A budget that was put beside the chart is mended by a patch, which settings would replace: what
// the chart is to be told stands in the sentence.
std::string settings_in_words(const ControlPlane& plane) {
  const auto& autoscaler = plane.autoscaler;
  const ReplicaBounds bounds = replica_bounds(autoscaler, plane.asked, 2);
  return fmt::format(" The replicas are the values': {}autoscaleMin: {}{}.",
                     autoscaler ? "" : "autoscaleEnabled: true, ", bounds.min,
                     bounds.max ? fmt::format(", autoscaleMax: {}", *bounds.max) : "");
}

// No budget lets the only pod go and keeps one; and one that asks for two of it, or lets none go,
// hangs drains of two pods too.
void add_fix(Draft& finding, const ControlPlane& plane, const DisruptionBudget& budget,
             std::int64_t pods) {
  const bool alone = pods == 1;
  const bool by_chart = plane.method != InstallMethod::objects &&
                        !(plane.autoscaler && plane.autoscaler->beside_chart);
  const bool too_strict = allowed_disruptions(budget, std::max<std::int64_t>(pods, 2)) <= 0;
  const std::string_view key = budget.max_unavailable.value ? "maxUnavailable" : "minAvailable";
  std::vector<std::string> goals;
  std::vector<std::string> objects;
  const bool in_words = alone && too_strict && budget.beside_chart && by_chart;
  if (alone) {
    goals.push_back("Keep two replicas, so that one may go." + minimum_advice(plane.autoscaler, 2) +
                    (in_words ? settings_in_words(plane) : ""));
    if (!in_words) objects.push_back(replicas_patch(plane, 2));
  }
  if (too_strict) {
    goals.push_back(fmt::format("Set {} to 1.", key));
    objects.push_back(manifest_head(budget.object) + fmt::format("spec:\n  {}: 1\n", key));
  }
  std::erase(objects, "");
  finding.fix(fmt::format("{}", fmt::join(goals, " ")))
      .patch(fmt::format("{}", fmt::join(objects, "---\n")));
  if (alone && !in_words) finding.settings_for_replicas(plane, 2);
  if (too_strict && !budget.beside_chart) finding.setting(fmt::format("pdb.{}", key), "1");
}

void judge(const Mesh& mesh, const ControlPlane& plane, const DisruptionBudget& budget,
           Sink& sink) {
  const std::optional<std::int64_t> pods = pods_at_rest(mesh, budget);
  if (!known(budget) || !pods) {
    sink.not_evaluated(fmt::format("what PodDisruptionBudget {} leaves of {} is not known: {}",
                                   budget.object.name, plane.name,
                                   known(budget) ? "the number of replicas" : "its own terms"));
    return;
  }
  if (*pods == 0 || allowed_disruptions(budget, *pods) > 0) return sink.judged();
  const bool by_max = budget.max_unavailable.value.has_value();
  const Provenance& from = by_max ? budget.max_unavailable.from : budget.min_available.from;
  Draft finding = sink.report(from.node ? from.node : budget.anchor,
                              "PodDisruptionBudget {} lets no pod of {} go ({}): node drains hang",
                              budget.object.name, plane.name, terms(budget, *pods));
  finding.about(plane)
      .field(by_max ? "spec.maxUnavailable" : "spec.minAvailable")
      .compare(terms(budget, *pods), "at least one pod that may be evicted", from);
  if (plane.deployment != nullptr || budget.beside_chart) {
    finding.object(budget.object);
  }
  add_fix(finding, plane, budget, *pods);
}

}  // namespace

void mc208_istiod_pdb_blocks_drain(const Mesh& mesh, const Parameters&, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.budgets_known || plane.budgets.empty()) {
      sink.not_evaluated(fmt::format("no PodDisruptionBudget of {} in the input", plane.name));
      continue;
    }
    for (const DisruptionBudget& budget : plane.budgets) {
      if (plane.retired()) {
        sink.judged();
      } else {
        judge(mesh, plane, budget, sink);
      }
    }
  }
}

}  // namespace meshcheck::rules
