#include "mesh/workload_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/container_resources.h"
#include "mesh/k8s_settings.h"

namespace meshcheck {
namespace {

// Reads one workload's settings from the values; `key` of the chart's, below the workload's prefix.
class ChartReader {
 public:
  ChartReader(const EffectiveValues& values, const ChartWorkload& workload)
      : values_(values), workload_(workload) {}

  std::string path(std::string_view key) const { return workload_.prefix + std::string(key); }
  const HelmValue& find(std::string_view key) const { return values_.find(path(key)); }
  bool truth(std::string_view key) const { return values_.truth(path(key)); }
  bool known(std::string_view key) const { return values_.known(path(key)); }
  auto integer(std::string_view key) const { return values_.integer(path(key)); }
  // Of istiod, also where its chart of this version does not look: at the top or below `pilot`.
  std::int64_t most_written(const std::string& key) const {
    const std::int64_t seen = integer(key).value.value_or(0);
    if (!workload_.prefix.empty() && workload_.prefix != "pilot.") return seen;
    return std::max({seen, values_.integer(key).value.value_or(0),
                     values_.integer("pilot." + key).value.value_or(0)});
  }

  // An emptied `resources` falls back to global.defaultResources.
  Resources resources() const {
    const bool own = !known("resources") || truth("resources");
    return values_.resources(own ? path("resources") : "global.defaultResources");
  }

  void read_scaling(WorkloadSettings& settings) const;
  void read_budget(WorkloadSettings& settings, bool chart_sees_many) const;
  void read_spread(WorkloadSettings& settings) const;
  void read_env(WorkloadSettings& settings) const;
  // More than one replica, as the template of a PodDisruptionBudget asks from 1.28.
  bool asks_for_many() const;
  // Why it is not known how the Deployment scales; nothing where it is.
  std::optional<std::string> unknown_scaling() const {
    for (const char* const key : {"autoscaleMin", "autoscaleMax", "replicaCount"}) {
      if (const auto value = integer(key); !value.known()) return value.from.text;
    }
    if (!known("autoscaleEnabled")) return std::string();
    return std::nullopt;
  }

 private:
  Autoscaler autoscaler() const;

  const EffectiveValues& values_;
  const ChartWorkload& workload_;
};

Autoscaler ChartReader::autoscaler() const {
  Autoscaler made;
  made.object = workload_.object;
  made.object.api_version = "autoscaling/v2";
  made.object.kind = "HorizontalPodAutoscaler";
  const auto min = integer("autoscaleMin");
  const auto max = integer("autoscaleMax");
  made.min = {min.value.value_or(1), min.from};
  made.max = {max.value.value_or(1), max.from};
  made.anchor = min.from.node ? min.from.node : workload_.anchor;
  made.cpu_target = integer("cpu.targetAverageUtilization");
  // Charts before 1.21 scale on CPU alone.
  if (values_.version().at_least(1, 21)) {
    made.memory_target = integer("memory.targetAverageUtilization");
  } else {
    made.memory_target.from.node = workload_.anchor;
  }
  return made;
}

// istio: …/istio-discovery/templates/autoscale.yaml and deployment.yaml
void ChartReader::read_scaling(WorkloadSettings& settings) const {
  settings.fixed_replicas.from = {
      Provenance::Kind::absent, values_.nearest(path("replicaCount")), {}};
  if (const auto why = unknown_scaling()) {
    settings.autoscaler_known = false;
    settings.fixed_replicas.from.kind = Provenance::Kind::unknown;
    settings.fixed_replicas.from.text = *why;
    return;
  }
  const std::int64_t max = integer("autoscaleMax").value.value_or(0);
  settings.asked = {.at_rest = std::max(most_written("autoscaleMin"), most_written("replicaCount")),
                    .at_most = std::max(max, most_written("autoscaleMax")),
                    .ceiling = max == 0 ? kChartMaximum : max};
  if (truth("autoscaleEnabled")) {
    if (truth("autoscaleMin") && truth("autoscaleMax")) settings.autoscaler = autoscaler();
    return;
  }
  if (truth("replicaCount")) settings.fixed_replicas = integer("replicaCount");
}

bool ChartReader::asks_for_many() const {
  const auto replicas =
      truth("autoscaleEnabled") ? integer("autoscaleMin") : integer("replicaCount");
  return replicas.value.value_or(0) > 1;
}

// istio: …/istio-discovery/templates/poddisruptionbudget.yaml. From 1.28 it needs more than one
// replica to be asked for.
void ChartReader::read_budget(WorkloadSettings& settings, bool chart_sees_many) const {
  constexpr std::string_view kEnabled = "global.defaultPodDisruptionBudget.enabled";
  const bool counts_replicas = values_.version().at_least(1, 28);
  settings.budgets_known = values_.known(kEnabled) && (!counts_replicas || !unknown_scaling());
  if (!settings.budgets_known) return;
  if (!values_.truth(kEnabled)) {
    settings.budget_off = values_.find(kEnabled).from.node;
    return;
  }
  if (counts_replicas && !chart_sees_many) {
    settings.budget_unseen = true;
    const bool asked = values_.provenance(kEnabled).kind == Provenance::Kind::input ||
                       find("pdb").from.kind == Provenance::Kind::input;
    if (asked) {
      settings.budget_trap =
          "charts from 1.28 make no PodDisruptionBudget unless autoscaleMin, or replicaCount where "
          "autoscaling is off, is above 1";
    }
    return;
  }
  DisruptionBudget budget;
  budget.object = workload_.object;
  budget.object.api_version = "policy/v1";
  budget.object.kind = "PodDisruptionBudget";
  budget.anchor = values_.nearest(kEnabled);
  const bool configurable = workload_.budget_settings && values_.version().at_least(1, 27);
  if (configurable && find("pdb.maxUnavailable").present) {
    budget.max_unavailable = values_.int_or_percent(path("pdb.maxUnavailable"));
    budget.min_available.from.node = budget.anchor;
  } else if (configurable) {
    budget.min_available = values_.int_or_percent(path("pdb.minAvailable"));
  } else {
    budget.min_available.value = IntOrPercent{.value = 1};
    budget.min_available.from = {Provenance::Kind::chart_default, budget.anchor,
                                 fmt::format("chart {}", values_.version().minor_text())};
  }
  settings.budgets.push_back(std::move(budget));
}

// Charts before 1.20 render no topologySpreadConstraints, and the oldest no affinity either.
void ChartReader::read_spread(WorkloadSettings& settings) const {
  static const HelmValue kIgnored;
  const Version& version = values_.version();
  const HelmValue& affinity = version.at_least(1, 18) ? find("affinity") : kIgnored;
  const HelmValue& constraints =
      version.at_least(1, 20) ? find("topologySpreadConstraints") : kIgnored;
  const SpreadReading reading =
      meshcheck::read_spread(affinity, constraints, spread_pods(workload_, settings));
  settings.spread_known = known("affinity") && known("topologySpreadConstraints") && reading.known;
  settings.spread = reading.spread;
  const bool by_constraints = constraints.truth() && !affinity.truth();
  settings.spread.from =
      values_.provenance(path(by_constraints ? "topologySpreadConstraints" : "affinity"));
}

void ChartReader::read_env(WorkloadSettings& settings) const {
  for (const HelmMember& variable : find("env").members) {
    EnvVar env{.name = variable.key, .value = {}, .node = variable.value.from.node};
    if (!variable.value.unknown()) env.value = variable.value.text;
    if (!env.node) env.node = workload_.anchor;
    settings.env.push_back(std::move(env));
  }
  for (const HelmValue& variable : find("envVarFrom").items) {
    settings.env.push_back(
        {.name = variable["name"].text, .value = {}, .node = variable.from.node});
  }
}

}  // namespace

std::optional<std::int64_t> WorkloadSettings::min_replicas() const {
  if (!autoscaler_known) return std::nullopt;
  if (autoscaler) {
    return autoscaler->min.known() ? std::optional(autoscaler->min.value) : std::nullopt;
  }
  return fixed_replicas.known() ? std::optional(fixed_replicas.value.value_or(1)) : std::nullopt;
}

LabelSet label_set(const Labels& labels) {
  LabelSet set;
  for (const auto& [key, value] : labels) set.set(key, value);
  return set;
}

SpreadPods spread_pods(const ChartWorkload& workload, const WorkloadSettings& settings) {
  const std::string& name_space = workload.object.name_space;
  return {.labels = label_set(workload.pod_labels),
          .name_space = name_space,
          .namespace_object = workload.resources == nullptr
                                  ? nullptr
                                  : workload.resources->find("Namespace", "", name_space),
          .replicas = settings.min_replicas()};
}

WorkloadSettings read_workload(const EffectiveValues& values, ChartWorkload workload) {
  K8sSettings(workload).patch_labels(workload.pod_labels);
  const ChartReader reader(values, workload);
  WorkloadSettings settings;
  settings.resources = reader.resources();
  reader.read_scaling(settings);
  reader.read_env(settings);
  const K8sSettings k8s(workload);
  k8s.patch_pods(settings);
  default_requests_to_limits(settings.resources);
  k8s.patch_scaling(settings);
  const bool many = reader.asks_for_many() || k8s.seen_by_chart(values.version(), settings);
  reader.read_budget(settings, many);
  k8s.patch_budget(values.version(), settings);
  add_objects_beside(workload, settings);
  reader.read_spread(settings);
  k8s.patch_spread(settings);
  k8s.apply_overlays(settings);
  return settings;
}

}  // namespace meshcheck
