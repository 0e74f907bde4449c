// Severity, documentation and parameters: rules/mc207-istiod-pdb-missing.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::int64_t kFewest = 2;  // with one replica a budget only hangs drains (MC208)

// istio: …/istio-discovery/templates/poddisruptionbudget.yaml asks for more than one replica from
// 1.28. An unknown version is taken for a recent one.
bool budget_follows_replicas(const ControlPlane& plane) {
  return !plane.version || plane.version->at_least(1, 28);
}

// Named as the chart would name its own, so that the two can never stand side by side.
std::string budget_manifest(const ControlPlane& plane, std::string_view terms) {
  const ObjectRef budget{"policy/v1", "PodDisruptionBudget", plane.name_space, plane.name, {}};
  const std::string labels = pod_selector(plane);
  return manifest_head(budget) + "  labels:\n" + indented(labels, 4) +
         fmt::format("spec:\n  {}\n  selector:\n    matchLabels:\n", terms) + indented(labels, 6);
}

// With the replicas of which it keeps one: over a single pod that would only hang drains (MC208).
// Where nothing scales istiod, its replicas are for MC201 and MC202, which may add an autoscaler;
// a budget that lets one pod go at a time does no harm until then.
std::string guarded(const ControlPlane& plane, std::int64_t present) {
  if (present >= kFewest) return budget_manifest(plane, "minAvailable: 1");
  const std::string replicas = plane.autoscaler ? replicas_patch(plane, kFewest) : "";
  if (replicas.empty()) return budget_manifest(plane, "maxUnavailable: 1");
  return budget_manifest(plane, "minAvailable: 1") + "---\n" + replicas;
}

// What makes a chart from 1.28 render the budget: replicas that it sees.
void ask_for_replicas(Draft& finding, const ControlPlane& plane, std::int64_t present) {
  if (!plane.autoscaler && present >= kFewest) {
    finding.setting("replicaCount", std::to_string(present));
  } else {
    finding.settings_for_replicas(plane, std::max(present, kFewest));
  }
}

// The autoscaler is an object of its own, and so must the budget be that goes with its replicas.
// What KEDA holds at a single pod has no use for a budget until that is mended.
void add_fix_beside_chart(Draft& finding, const ControlPlane& plane, std::int64_t present) {
  const Autoscaler& autoscaler = *plane.autoscaler;
  const bool alone = present < kFewest;
  finding.fix(
      fmt::format("Keep one replica available through drains and upgrades; the chart does not know "
                  "of {} {}{}.{}",
                  autoscaler.object.kind, autoscaler.object.name,
                  budget_follows_replicas(plane) ? ", and renders no budget" : "",
                  alone ? minimum_advice(plane.autoscaler, kFewest) : ""));
  if (alone && !autoscaler.over_minimum.empty()) return;
  finding.patch(guarded(plane, present));
}

void add_fix(Draft& finding, const ControlPlane& plane) {
  const std::int64_t present = plane.min_replicas().value;
  const bool unseen = budget_follows_replicas(plane) &&
                      (plane.budget_unseen || !plane.budget_trap.empty() || present < kFewest);
  const bool beside = plane.autoscaler && plane.autoscaler->beside_chart;
  if (beside && (unseen || present < kFewest)) {
    add_fix_beside_chart(finding, plane, present);
    return;
  }
  if (unseen && plane.method != InstallMethod::objects) {
    finding.fix(fmt::format("Ask the chart for {} replicas: it then renders the budget by itself.",
                            std::max(present, kFewest)));
  } else {
    finding.fix(fmt::format("Keep one replica available through drains and upgrades.{}",
                            present < kFewest ? minimum_advice(plane.autoscaler, kFewest) : ""));
  }
  if (unseen || present < kFewest) ask_for_replicas(finding, plane, present);
  if (!unseen || plane.budget_off) {
    finding.setting("global.defaultPodDisruptionBudget.enabled", "true");
  }
  finding.patch(guarded(plane, present));
}

Draft report(const ControlPlane& plane, Sink& sink) {
  constexpr std::string_view kNone = "no PodDisruptionBudget guards";
  if (plane.deployment != nullptr) {
    return sink.report(plane.anchor, "no PodDisruptionBudget selects {}'s pods", plane.name);
  }
  if (plane.budget_off) {
    return sink.report(plane.budget_off, "{} {}: the values turn it off", kNone, plane.name);
  }
  const Traced<std::int64_t> replicas = plane.min_replicas();
  const Node where = plane.place(replicas.from);
  if (!plane.budget_trap.empty()) {
    return sink.report(where, "{} {}: {}", kNone, plane.name, plane.budget_trap);
  }
  if (replicas.value < kFewest && budget_follows_replicas(plane)) {
    return sink.report(where, "{} {}: charts from 1.28 render none for a single replica{}", kNone,
                       plane.name, in_parentheses(replicas.from));
  }
  return sink.report(where, "{} {}", kNone, plane.name);
}

}  // namespace

void mc207_istiod_pdb_missing(const Mesh& mesh, const Parameters&, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.budgets_known) {
      sink.not_evaluated(fmt::format(
          "whether a PodDisruptionBudget guards {} hangs on values that are not in the input",
          plane.name));
    } else if (!plane.budgets.empty() || plane.retired()) {
      sink.judged();
    } else {
      Draft finding = report(plane, sink);
      finding.about(plane).field("spec.selector");
      add_fix(finding, plane);
    }
  }
}

}  // namespace meshcheck::rules
