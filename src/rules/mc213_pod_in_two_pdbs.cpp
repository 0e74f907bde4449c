// Severity, documentation and parameters: rules/mc213-pod-in-two-pdbs.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// One of each name: base and overlay may both describe the same budget.
std::vector<const DisruptionBudget*> distinct(const std::vector<DisruptionBudget>& budgets) {
  std::vector<const DisruptionBudget*> kept;
  for (const DisruptionBudget& budget : budgets) {
    const bool known = std::ranges::any_of(kept, [&](const DisruptionBudget* other) {
      return other->object.name == budget.object.name;
    });
    if (!known) kept.push_back(&budget);
  }
  return kept;
}

std::string names_of(const std::vector<const DisruptionBudget*>& budgets) {
  std::string names;
  for (const DisruptionBudget* budget : budgets) {
    if (!names.empty()) names += budget == budgets.back() ? " and " : ", ";
    names += budget->object.name;
  }
  return names;
}

// Charts name the budget after the workload, and would render it again: it is the one to keep.
std::vector<const DisruptionBudget*> with_the_own_first(
    std::vector<const DisruptionBudget*> budgets, std::string_view workload) {
  std::ranges::stable_partition(
      budgets, [&](const DisruptionBudget* budget) { return budget->object.name == workload; });
  return budgets;
}

// `owner` says whose pods they are.
template <class Owner>
void judge(std::string_view workload, const std::vector<DisruptionBudget>& found, Owner owner,
           Sink& sink) {
  const auto budgets = with_the_own_first(distinct(found), workload);
  if (budgets.size() < 2) {
    sink.judged();
    return;
  }
  const DisruptionBudget& extra = *budgets.back();
  Draft finding =
      sink.report(extra.anchor,
                  "the pods of {} are in {} PodDisruptionBudgets ({}): the eviction API "
                  "refuses them and a node drain never ends",
                  workload, budgets.size(), names_of(budgets));
  owner(finding);
  finding.field("spec.template.metadata.labels")
      .fix(fmt::format(
          "Keep {} and delete {} (kubectl delete pdb {} -n {}), or narrow its selector.",
          budgets.front()->object.name, extra.object.name, extra.object.name,
          extra.object.name_space));
  for (const DisruptionBudget* budget : budgets) {
    if (budget != &extra) finding.related("selects them too", budget->anchor, budget->object);
  }
}

}  // namespace

void mc213_pod_in_two_pdbs(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.budgets_known && plane.budgets.size() < 2) {
      sink.not_evaluated(
          fmt::format("the PodDisruptionBudgets of {} are not in the input", plane.name));
      continue;
    }
    judge(plane.name, plane.budgets, [&](Draft& finding) { finding.about(plane); }, sink);
  }
  for (const Gateway& gateway : mesh.gateways) {
    if (!gateway.budgets_known) continue;
    const ObjectRef object{"apps/v1", gateway.kind, gateway.name_space, gateway.name,
                           gateway.revision};
    judge(gateway.name, gateway.budgets, [&](Draft& finding) { finding.object(object); }, sink);
  }
}

}  // namespace meshcheck::rules
