#include <algorithm>
#include <string_view>

#include "mesh/container_resources.h"
#include "mesh/workload.h"

namespace meshcheck {
namespace {

using Strength = Spread::Strength;

constexpr std::string_view kHost = "kubernetes.io/hostname";
constexpr std::string_view kZone = "topology.kubernetes.io/zone";
constexpr std::string_view kOldZone = "failure-domain.beta.kubernetes.io/zone";  // until 1.17

void raise(Strength& strength, Strength at_least) { strength = std::max(strength, at_least); }

void raise_for_topology(Spread& spread, std::string_view topology_key, Strength strength) {
  if (topology_key == kHost) raise(spread.host, strength);
  if (topology_key == kZone || topology_key == kOldZone) raise(spread.zone, strength);
}

bool reaches_namespace(Node term, std::string_view name_space) {
  const Node named = term["namespaces"];
  const Node selector = term["namespaceSelector"];
  if (named.size() == 0 && selector.is_null()) return true;  // the pod's own
  if (selector.is_mapping() && selector.size() == 0) return true;
  return std::ranges::any_of(named.items(), [&](Node item) { return item.text() == name_space; });
}

void add_term(Spread& spread, Node term, const ScaledWorkload& workload, Strength strength) {
  // mismatchLabelKeys asks for pods that differ from this one, so its equals may stand beside it.
  if (term["mismatchLabelKeys"].size() != 0) return;
  if (!selects(term["labelSelector"], workload.pod_labels())) return;
  if (!reaches_namespace(term, workload.resource.name_space())) return;
  raise(spread.anti_affinity, strength);
  raise_for_topology(spread, term["topologyKey"].text(), strength);
}

}  // namespace

Spread read_spread(const ScaledWorkload& workload) {
  const Node pod_spec = workload.pod()["spec"];
  const Node anti_affinity = pod_spec["affinity"]["podAntiAffinity"];
  const Node constraints = pod_spec["topologySpreadConstraints"];

  Spread spread;
  spread.topology_spread = constraints.size() != 0;
  for (const Node term : anti_affinity["requiredDuringSchedulingIgnoredDuringExecution"].items()) {
    add_term(spread, term, workload, Strength::required);
  }
  for (const Node term : anti_affinity["preferredDuringSchedulingIgnoredDuringExecution"].items()) {
    add_term(spread, term["podAffinityTerm"], workload, Strength::preferred);
  }
  for (const Node constraint : constraints.items()) {
    if (!selects(constraint["labelSelector"], workload.pod_labels())) continue;
    const bool hard = constraint["whenUnsatisfiable"].text() != "ScheduleAnyway";
    raise_for_topology(spread, constraint["topologyKey"].text(),
                       hard ? Strength::required : Strength::preferred);
  }
  if (anti_affinity) {
    spread.from = from_input(anti_affinity);
  } else if (spread.topology_spread) {
    spread.from = from_input(constraints);
  } else {
    spread.from = absent_at(workload.resource.anchor());
  }
  return spread;
}

}  // namespace meshcheck
