// Anti-affinity and topology spread as values declare them, judged by the labels that the chart
// will give to the pods (istio:
// manifests/charts/istio-control/istio-discovery/templates/deployment.yaml).
#include <algorithm>

#include "mesh/workload_settings.h"

namespace meshcheck {
namespace {

using Strength = Spread::Strength;

const std::string* find_label(const Labels& labels, const std::string& key) {
  const auto found = labels.find(key);
  return found == labels.end() ? nullptr : &found->second;
}

bool satisfies(const HelmValue& expression, const Labels& labels) {
  const std::string* label = find_label(labels, expression["key"].text);
  const std::string& op = expression["operator"].text;
  if (op == "Exists") return label != nullptr;
  if (op == "DoesNotExist") return label == nullptr;
  const auto& values = expression["values"].items;
  const bool in = label != nullptr &&
                  std::ranges::any_of(values, [&](const auto& v) { return v.text == *label; });
  return op == "In" ? in : op == "NotIn" && !in;
}

// As a LabelSelector: an empty one selects everything, a missing one nothing.
bool selects(const HelmValue& selector, const Labels& labels) {
  if (!selector.is_mapping()) return false;
  for (const HelmMember& wanted : selector["matchLabels"].members) {
    const std::string* label = find_label(labels, wanted.key);
    if (label == nullptr || *label != wanted.value.text) return false;
  }
  const auto& expressions = selector["matchExpressions"].items;
  return std::ranges::all_of(expressions, [&](const HelmValue& e) { return satisfies(e, labels); });
}

void raise(Strength& strength, Strength to) { strength = std::max(strength, to); }

void raise_by_topology(Spread& spread, const std::string& key, Strength strength) {
  if (key == "kubernetes.io/hostname") raise(spread.host, strength);
  if (key == "topology.kubernetes.io/zone" || key == "failure-domain.beta.kubernetes.io/zone") {
    raise(spread.zone, strength);
  }
}

void add_term(Spread& spread, const HelmValue& term, const Labels& labels, Strength strength) {
  if (!selects(term["labelSelector"], labels)) return;
  raise(spread.anti_affinity, strength);
  raise_by_topology(spread, term["topologyKey"].text, strength);
}

}  // namespace

bool holds_unknown(const HelmValue& value) {
  const auto unknown_member = [](const HelmMember& m) { return holds_unknown(m.value); };
  return value.unknown() || std::ranges::any_of(value.items, holds_unknown) ||
         std::ranges::any_of(value.members, unknown_member);
}

Spread read_spread(const HelmValue& affinity, const HelmValue& constraints, const Labels& labels) {
  Spread spread;
  const HelmValue& anti = affinity["podAntiAffinity"];
  for (const HelmValue& term : anti["requiredDuringSchedulingIgnoredDuringExecution"].items) {
    add_term(spread, term, labels, Strength::required);
  }
  for (const HelmValue& term : anti["preferredDuringSchedulingIgnoredDuringExecution"].items) {
    add_term(spread, term["podAffinityTerm"], labels, Strength::preferred);
  }
  for (const HelmValue& constraint : constraints.items) {
    spread.topology_spread = true;
    if (!selects(constraint["labelSelector"], labels)) continue;
    const bool soft = constraint["whenUnsatisfiable"].text == "ScheduleAnyway";
    raise_by_topology(spread, constraint["topologyKey"].text,
                      soft ? Strength::preferred : Strength::required);
  }
  return spread;
}

}  // namespace meshcheck
