#include "mesh/container_resources.h"
#include "mesh/label_selector.h"
#include "mesh/workload.h"

namespace meshcheck {
namespace {

Traced<std::optional<IntOrPercent>> read_int_or_percent(Node node, Node owner) {
  if (node.is_null()) return {std::nullopt, absent_at(owner)};
  if (const auto value = IntOrPercent::parse(node)) return {value, from_input(node)};
  return {std::nullopt, {Provenance::Kind::unknown, node, "neither an integer nor a percentage"}};
}

}  // namespace

bool selects_pods(const Resource& budget, const WorkloadKey& workload) {
  if (budget.group() != "policy" || budget.name_space() != workload.object.name_space) {
    return false;
  }
  const Node selector = budget.spec()["selector"];
  // An empty selector selected nothing in v1beta1 and selects every pod in v1
  // (k8s: pkg/registry/policy/poddisruptionbudget, "KeepBeta1EmptySelector").
  if (budget.api_version() == "policy/v1beta1" && selector["matchLabels"].size() == 0 &&
      selector["matchExpressions"].size() == 0) {
    return false;
  }
  return selector.is_mapping() && selects(read_selector(selector), workload.pod_labels);
}

std::vector<DisruptionBudget> find_budgets(const ResourceIndex& resources,
                                           const WorkloadKey& workload) {
  std::vector<DisruptionBudget> budgets;
  for (const Resource* budget : resources.of_kind("PodDisruptionBudget")) {
    if (!selects_pods(*budget, workload)) continue;
    const Node spec = budget->spec();
    budgets.push_back({
        .object = budget->ref(),
        .anchor = budget->anchor(),
        .min_available = read_int_or_percent(spec["minAvailable"], budget->anchor()),
        .max_unavailable = read_int_or_percent(spec["maxUnavailable"], budget->anchor()),
    });
  }
  return budgets;
}

}  // namespace meshcheck
