#include "mesh/k8s_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/k8s_fields.h"
#include "mesh/overlay.h"

namespace meshcheck {
namespace {

// istioctl 1.28.0 to 1.28.7, and every 1.29 and 1.30, patch the HPA after the chart has decided on
// its PodDisruptionBudget; a 1.28 of unknown patch is taken for the newest.
bool hides_replicas_from_chart(const Version& version) {
  if (version.major != 1) return false;
  return version.minor == 29 || version.minor == 30 ||
         (version.minor == 28 && version.patch >= 0 && version.patch < 8);
}

}  // namespace

void K8sSettings::patch_pods(WorkloadSettings& settings) const {
  set_resources(settings.resources, k8s_["resources"]);
  for (const Node variable : k8s_["env"].items()) {
    const auto name = variable["name"].text();
    auto& env = settings.env;
    std::erase_if(env, [&](const EnvVar& other) { return other.name == name; });
    EnvVar made{.name = std::string(name), .value = {}, .node = variable};
    if (!variable["valueFrom"]) made.value = variable["value"].text();
    env.push_back(std::move(made));
  }
}

void K8sSettings::patch_spread(WorkloadSettings& settings) const {
  const Node affinity = k8s_["affinity"];
  if (!affinity) return;
  const SpreadReading reading =
      read_spread(user_values(affinity), {}, spread_pods(workload_, settings));
  const Spread& spread = reading.spread;
  settings.spread.anti_affinity = std::max(settings.spread.anti_affinity, spread.anti_affinity);
  settings.spread.host = std::max(settings.spread.host, spread.host);
  settings.spread.zone = std::max(settings.spread.zone, spread.zone);
  settings.spread.from = written(affinity);
  settings.spread_known = settings.spread_known && reading.known;
}

void K8sSettings::patch_scaling(WorkloadSettings& settings) const {
  set_integer(settings.fixed_replicas, k8s_["replicaCount"]);
  const Node hpa = k8s_["hpaSpec"];
  AskedReplicas& asked = settings.asked;
  asked.at_rest = std::max({asked.at_rest, k8s_["replicaCount"].integer().value_or(0),
                            hpa["minReplicas"].integer().value_or(0)});
  if (const auto max = hpa["maxReplicas"].integer()) {
    asked.ceiling = *max;
    asked.at_most = std::max(asked.at_most, *max);
  }
  if (!hpa || !settings.autoscaler) return;
  Autoscaler& autoscaler = *settings.autoscaler;
  set_integer(autoscaler.min, hpa["minReplicas"]);
  set_integer(autoscaler.max, hpa["maxReplicas"]);
  if (hpa["metrics"])
    set_metrics(autoscaler, hpa["metrics"], workload_.container, settings.resources);
  set_integer(autoscaler.cpu_target, hpa["targetCPUUtilizationPercentage"]);
  if (hpa["minReplicas"]) autoscaler.anchor = hpa["minReplicas"];
}

bool K8sSettings::seen_by_chart(const Version& version, const WorkloadSettings& settings) const {
  if (!k8s_["hpaSpec"]["minReplicas"] && !k8s_["replicaCount"]) return false;
  if (hides_replicas_from_chart(version)) return false;
  const auto replicas = settings.autoscaler ? settings.autoscaler->min.value
                                            : settings.fixed_replicas.value.value_or(1);
  return replicas > 1;
}

void K8sSettings::patch_budget(const Version& version, WorkloadSettings& settings) const {
  const Node patch = k8s_["podDisruptionBudget"];
  if (settings.budgets.empty() && settings.budgets_known) {
    const bool many = settings.autoscaler && settings.autoscaler->min.value > 1;
    if (many && k8s_["hpaSpec"]["minReplicas"] && hides_replicas_from_chart(version)) {
      settings.budget_trap = fmt::format(
          "istioctl {} applies k8s.hpaSpec after the chart, so the chart counts one replica and "
          "makes no PodDisruptionBudget; minimum replicas belong in values (autoscaleMin)",
          version.text());
    } else if (patch) {
      settings.budget_trap =
          "k8s.podDisruptionBudget only changes the PodDisruptionBudget that the chart makes, and "
          "it makes none here";
    }
  }
  for (DisruptionBudget& budget : settings.budgets) {
    set_budget(budget.min_available, patch["minAvailable"]);
    set_budget(budget.max_unavailable, patch["maxUnavailable"]);
    // istio: operator/pkg/render/postprocess.go nulls minAvailable where both are set.
    if (budget.max_unavailable.value) budget.min_available.value = std::nullopt;
    if (patch) budget.anchor = patch;
  }
}

void K8sSettings::for_each_overlay(
    const std::function<void(std::string_view, std::string_view, Node)>& use) const {
  for (const Node item : k8s_["overlays"].items()) {
    const Node name = item["name"];
    if (name && name.text() != workload_.object.name) continue;
    for (const Node patch : item["patches"].items()) {
      use(item["kind"].text(), patch["path"].text(), patch["value"]);
    }
  }
}

void K8sSettings::patch_labels(Labels& labels) const {
  for_each_overlay([&](std::string_view kind, std::string_view path, Node value) {
    if (kind == "Deployment") overlay_label(path, value, labels);
  });
}

void K8sSettings::apply_overlays(WorkloadSettings& settings) const {
  for_each_overlay([&](std::string_view kind, std::string_view path, Node value) {
    overlay(kind, path, value, workload_, settings);
  });
}

}  // namespace meshcheck
