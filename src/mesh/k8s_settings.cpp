#include "mesh/k8s_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/whole_number.h"

namespace meshcheck {
namespace {

// What is written there and is nothing of that kind is for the API server to refuse.
void refuse(Provenance& from, Node node, const char* why) {
  if (from.known() && !node.text().empty()) from = {Provenance::Kind::unknown, node, why};
}

void set(Traced<std::optional<Quantity>>& field, Node node) {
  if (!node) return;
  field.from = written(node);
  field.value = field.from.known() ? Quantity::parse(node.text()) : std::nullopt;
  if (!field.value) refuse(field.from, node, "not a quantity");
}

void set_resources(Resources& resources, Node node) {
  set(resources.cpu_request, node["requests"]["cpu"]);
  set(resources.memory_request, node["requests"]["memory"]);
  set(resources.cpu_limit, node["limits"]["cpu"]);
  set(resources.memory_limit, node["limits"]["memory"]);
}

std::optional<std::int64_t> integer_in(Node node) {
  if (const auto integer = node.integer()) return integer;
  return whole_number(node.text());
}

void set_integer(Traced<std::int64_t>& field, Node node) {
  if (!node) return;
  field.from = written(node);
  const auto number = integer_in(node);
  field.value = number.value_or(field.value);
  if (!number) refuse(field.from, node, "not an integer");
}

void set_integer(Traced<std::optional<std::int64_t>>& field, Node node) {
  if (!node) return;
  field.from = written(node);
  if (const auto number = integer_in(node)) {
    field.value = number;
  } else {
    refuse(field.from, node, "not an integer");
  }
}

// All three shapes of a resource metric: v2's target, v2beta1's targetAverageUtilization.
Node utilization(Node resource) {
  const Node v2 = resource["target"]["averageUtilization"];
  return v2 ? v2 : resource["targetAverageUtilization"];
}

// A list in a patch of an HPA replaces the chart's.
void set_metrics(Autoscaler& autoscaler, Node metrics) {
  autoscaler.cpu_target = {std::nullopt, {Provenance::Kind::absent, metrics, {}}};
  autoscaler.memory_target = autoscaler.cpu_target;
  autoscaler.other_metrics = false;
  for (const Node metric : metrics.items()) {
    const Node container = metric["containerResource"];
    const Node resource = container ? container : metric["resource"];
    const auto name = resource["name"].text();
    if (name == "cpu") {
      set_integer(autoscaler.cpu_target, utilization(resource));
    } else if (name == "memory") {
      set_integer(autoscaler.memory_target, utilization(resource));
    } else {
      autoscaler.other_metrics = true;
    }
  }
}

void set_budget(Traced<std::optional<IntOrPercent>>& field, Node node) {
  if (!node || node.is_null()) return;
  field = {IntOrPercent::parse(node), written(node)};
  if (!field.value) refuse(field.from, node, "neither an integer nor a percentage");
}

// istioctl 1.28.0 to 1.28.7, and every 1.29 and 1.30, patch the HPA after the chart has decided on
// its PodDisruptionBudget; a 1.28 of unknown patch is taken for the newest.
bool hides_replicas_from_chart(const Version& version) {
  if (version.major != 1) return false;
  return version.minor == 29 || version.minor == 30 ||
         (version.minor == 28 && version.patch >= 0 && version.patch < 8);
}

void make_unknown(Provenance& from, Node node, std::string_view path) {
  from = {Provenance::Kind::unknown, node, fmt::format("overlay of {} at {}", path, place(node))};
}

void overlay_autoscaler(Autoscaler& autoscaler, std::string_view path, Node value) {
  if (path == "spec.minReplicas") return set_integer(autoscaler.min, value);
  if (path == "spec.maxReplicas") return set_integer(autoscaler.max, value);
  if (path == "spec.metrics" && value.is_sequence()) return set_metrics(autoscaler, value);
  if (path.starts_with("spec.metrics")) make_unknown(autoscaler.cpu_target.from, value, path);
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
  if (const Node affinity = k8s_["affinity"]) {
    const HelmValue value = user_values(affinity);
    const Spread spread = read_spread(value, {}, workload_.pod_labels);
    settings.spread.anti_affinity = std::max(settings.spread.anti_affinity, spread.anti_affinity);
    settings.spread.host = std::max(settings.spread.host, spread.host);
    settings.spread.zone = std::max(settings.spread.zone, spread.zone);
    settings.spread.from = written(affinity);
    settings.spread_known = settings.spread_known && !holds_unknown(value);
  }
}

void K8sSettings::patch_scaling(WorkloadSettings& settings) const {
  set_integer(settings.fixed_replicas, k8s_["replicaCount"]);
  const Node hpa = k8s_["hpaSpec"];
  if (!hpa || !settings.autoscaler) return;
  Autoscaler& autoscaler = *settings.autoscaler;
  set_integer(autoscaler.min, hpa["minReplicas"]);
  set_integer(autoscaler.max, hpa["maxReplicas"]);
  if (hpa["metrics"]) set_metrics(autoscaler, hpa["metrics"]);
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

void K8sSettings::overlay_deployment(WorkloadSettings& settings, std::string_view path,
                                     Node value) const {
  const std::string container =
      fmt::format("spec.template.spec.containers.[name:{}]", workload_.container);
  const std::string resources = container + ".resources";
  if (path == "spec.replicas") {
    set_integer(settings.fixed_replicas, value);
  } else if (path == resources && value.is_mapping()) {
    settings.resources = {};
    set_resources(settings.resources, value);
  } else if (path == resources + ".requests.cpu") {
    set(settings.resources.cpu_request, value);
  } else if (path == resources + ".requests.memory") {
    set(settings.resources.memory_request, value);
  } else if (path == resources + ".limits.cpu") {
    set(settings.resources.cpu_limit, value);
  } else if (path == resources + ".limits.memory") {
    set(settings.resources.memory_limit, value);
  } else if (path.starts_with(resources) || container.starts_with(path)) {
    Resources& all = settings.resources;
    make_unknown(all.cpu_request.from, value, path);
    make_unknown(all.memory_request.from, value, path);
    make_unknown(all.cpu_limit.from, value, path);
    make_unknown(all.memory_limit.from, value, path);
    settings.spread_known = settings.spread_known && path.starts_with(resources);
  } else if (path.starts_with("spec.template.spec.affinity") ||
             path.starts_with("spec.template.spec.topologySpreadConstraints")) {
    settings.spread_known = false;
    make_unknown(settings.spread.from, value, path);
  }
}

void K8sSettings::overlay(WorkloadSettings& settings, std::string_view kind, std::string_view path,
                          Node value) const {
  if (kind == "Deployment") return overlay_deployment(settings, path, value);
  if (kind == "HorizontalPodAutoscaler" && settings.autoscaler) {
    overlay_autoscaler(*settings.autoscaler, path, value);
  }
  if (kind == "PodDisruptionBudget") {
    for (DisruptionBudget& budget : settings.budgets) {
      if (path == "spec.minAvailable") set_budget(budget.min_available, value);
      if (path == "spec.maxUnavailable") set_budget(budget.max_unavailable, value);
    }
  }
}

void K8sSettings::apply_overlays(WorkloadSettings& settings) const {
  for (const Node item : k8s_["overlays"].items()) {
    const Node name = item["name"];
    if (name && name.text() != workload_.object.name) continue;
    for (const Node patch : item["patches"].items()) {
      overlay(settings, item["kind"].text(), patch["path"].text(), patch["value"]);
    }
  }
}

}  // namespace meshcheck
