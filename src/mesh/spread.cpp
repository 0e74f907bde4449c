#include "mesh/spread.h"

#include <algorithm>

#include "mesh/container_resources.h"
#include "mesh/label_selector.h"
#include "mesh/whole_number.h"

namespace meshcheck {
namespace {

using Strength = Spread::Strength;

constexpr std::string_view kHost = "kubernetes.io/hostname";
constexpr std::string_view kZone = "topology.kubernetes.io/zone";
constexpr std::string_view kOldZone = "failure-domain.beta.kubernetes.io/zone";  // until 1.17
constexpr std::string_view kNamespaceName = "kubernetes.io/metadata.name";

void raise(Strength& strength, Strength at_least) { strength = std::max(strength, at_least); }

void raise_for_topology(Spread& spread, std::string_view topology_key, Strength strength) {
  if (topology_key == kHost) raise(spread.host, strength);
  if (topology_key == kZone || topology_key == kOldZone) raise(spread.zone, strength);
}

// As a LabelSelector: an empty one selects everything, a missing one nothing.
bool selects_pods(const HelmValue& selector, const LabelSet& labels) {
  return selector.is_mapping() && selects(read_selector(selector), labels);
}

enum class Answer : std::uint8_t { no, yes, unknown };

// By the labels of the Namespace, of which the one with its name is always known.
Answer selects_namespace(const HelmValue& selector, const SpreadPods& pods) {
  LabelSelector wanted = read_selector(selector);
  if (pods.namespace_object != nullptr) {
    const auto labels = LabelSet::of_namespace(pods.namespace_object->labels(), pods.name_space);
    return selects(wanted, labels) ? Answer::yes : Answer::no;
  }
  const auto by_other_labels = std::ranges::partition(
      wanted, [](const LabelRequirement& one) { return one.key == kNamespaceName; });
  const LabelSelector by_name(wanted.begin(), by_other_labels.begin());
  if (!selects(by_name, LabelSet::of_namespace({}, pods.name_space))) return Answer::no;
  return by_other_labels.empty() ? Answer::yes : Answer::unknown;
}

// k8s: pkg/scheduler/framework/types.go, AffinityTerm.Matches
Answer reaches_namespace(const HelmValue& term, const SpreadPods& pods) {
  const HelmValue& named = term["namespaces"];
  const HelmValue& selector = term["namespaceSelector"];
  if (named.items.empty() && !selector.is_mapping()) return Answer::yes;  // the pod's own
  const bool listed = std::ranges::any_of(
      named.items, [&](const HelmValue& item) { return item.text == pods.name_space; });
  if (listed) return Answer::yes;
  return selector.is_mapping() ? selects_namespace(selector, pods) : Answer::no;
}

void add_term(SpreadReading& reading, const HelmValue& term, const SpreadPods& pods,
              Strength strength) {
  // mismatchLabelKeys asks for pods that differ from this one, so its equals may stand beside it.
  if (!term["mismatchLabelKeys"].items.empty()) return;
  if (!selects_pods(term["labelSelector"], pods.labels)) return;
  const Answer reached = reaches_namespace(term, pods);
  if (reached == Answer::unknown) reading.known = false;
  if (reached != Answer::yes) return;
  raise(reading.spread.anti_affinity, strength);
  raise_for_topology(reading.spread, term["topologyKey"].text, strength);
}

// With a skew as large as their number all of them may stand in one place.
bool allows_all_in_one(const HelmValue& constraint, const SpreadPods& pods) {
  const auto skew = whole_number(constraint["maxSkew"].text);
  return skew && pods.replicas && *skew >= std::max<std::int64_t>(*pods.replicas, 2);
}

void add_constraint(SpreadReading& reading, const HelmValue& constraint, const SpreadPods& pods) {
  if (!selects_pods(constraint["labelSelector"], pods.labels)) return;
  const bool soft = constraint["whenUnsatisfiable"].text == "ScheduleAnyway";
  if (!soft && allows_all_in_one(constraint, pods)) return;
  raise_for_topology(reading.spread, constraint["topologyKey"].text,
                     soft ? Strength::preferred : Strength::required);
}

}  // namespace

bool holds_unknown(const HelmValue& value) {
  const auto unknown_member = [](const HelmMember& m) { return holds_unknown(m.value); };
  return value.unknown() || std::ranges::any_of(value.items, holds_unknown) ||
         std::ranges::any_of(value.members, unknown_member);
}

SpreadReading read_spread(const HelmValue& affinity, const HelmValue& constraints,
                          const SpreadPods& pods) {
  SpreadReading reading;
  reading.known = !holds_unknown(affinity) && !holds_unknown(constraints);
  const HelmValue& anti = affinity["podAntiAffinity"];
  for (const HelmValue& term : anti["requiredDuringSchedulingIgnoredDuringExecution"].items) {
    add_term(reading, term, pods, Strength::required);
  }
  for (const HelmValue& term : anti["preferredDuringSchedulingIgnoredDuringExecution"].items) {
    add_term(reading, term["podAffinityTerm"], pods, Strength::preferred);
  }
  reading.spread.topology_spread = !constraints.items.empty();
  for (const HelmValue& constraint : constraints.items) add_constraint(reading, constraint, pods);
  return reading;
}

SpreadReading read_spread(const ResourceIndex& resources, const ScaledWorkload& workload,
                          const Traced<std::int64_t>& at_rest) {
  const Node pod_spec = workload.pod()["spec"];
  const Node affinity = pod_spec["affinity"];
  const Node anti_affinity = affinity["podAntiAffinity"];
  const Node constraints = pod_spec["topologySpreadConstraints"];
  const std::string_view name_space = workload.resource.name_space();
  SpreadPods pods{.labels = LabelSet(workload.pod_labels()),
                  .name_space = name_space,
                  .namespace_object = resources.find("Namespace", "", name_space),
                  .replicas = std::nullopt};
  if (at_rest.known()) pods.replicas = at_rest.value;
  SpreadReading reading = read_spread(user_values(affinity), user_values(constraints), pods);
  if (anti_affinity) {
    reading.spread.from = from_input(anti_affinity);
  } else if (reading.spread.topology_spread) {
    reading.spread.from = from_input(constraints);
  } else {
    reading.spread.from = absent_at(workload.resource.anchor());
  }
  if (!reading.known) {
    reading.spread.from = {Provenance::Kind::unknown, reading.spread.from.node,
                           "a namespaceSelector or a variable decides"};
  }
  return reading;
}

}  // namespace meshcheck
