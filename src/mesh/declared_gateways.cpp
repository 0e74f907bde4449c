// Gateways that an IstioOperator or a release of the chart `gateway` asks for.
#include <algorithm>

#include "mesh/chart_defaults.h"
#include "mesh/declaration.h"
#include "mesh/workload_settings.h"
#include "meshcheck/container.h"

namespace meshcheck {
namespace {

std::string gateway_class(std::string_view name, std::string_view otherwise) {
  for (const char* word : {"eastwest", "egress", "ingress"}) {
    if (name.find(word) != std::string_view::npos) return word;
  }
  return std::string(otherwise);
}

// A null leaves what the charts say by themselves
// (istio: manifests/charts/gateway/templates/_helpers.tpl).
void add_labels(const HelmValue& labels, Labels& pod_labels) {
  for (const HelmMember& label : labels.members) {
    if (label.value.kind != NodeKind::null) pod_labels[label.key] = label.value.text;
  }
}

Gateway make_gateway(const ChartWorkload& workload, WorkloadSettings settings) {
  Gateway gateway;
  gateway.kind = workload.object.kind;
  gateway.name_space = workload.object.name_space;
  gateway.name = workload.object.name;
  gateway.revision = workload.object.revision;
  gateway.app = workload.pod_labels.at("app");
  gateway.anchor = workload.anchor;
  gateway.resources = std::move(settings.resources);
  gateway.fixed_replicas = std::move(settings.fixed_replicas);
  gateway.autoscaler = std::move(settings.autoscaler);
  gateway.autoscaler_known = settings.autoscaler_known;
  gateway.budgets = std::move(settings.budgets);
  gateway.budgets_known = settings.budgets_known;
  gateway.budget_off = settings.budget_off;
  gateway.asked = settings.asked;
  gateway.k8s = workload.k8s;
  gateway.spread = std::move(settings.spread);
  gateway.spread_known = settings.spread_known;
  return gateway;
}

bool is_exposed(std::string_view service_type) {
  return service_type == "LoadBalancer" || service_type == "NodePort";
}

// The list of one direction: what the profile enables, and the user's items over it, by name.
struct Direction {
  const char* list;    // "ingressGateways"
  const char* chart;   // "istio-ingress"
  const char* values;  // the name below `gateways` in the values
  const char* word;    // "ingress"
};

struct Requested {
  std::string name;
  bool enabled = false;
  Node item;
};

std::vector<Requested> requested(const Declaration& declaration, const Version& version,
                                 const Direction& direction) {
  const std::string profile = declaration.profile.empty() ? "default" : declaration.profile;
  HelmValue installed = layer_values(ValueLayer::components, "default", version);
  merge(installed, layer_values(ValueLayer::components, profile, version));
  std::vector<Requested> all;
  for (const HelmMember& gateway : installed[direction.list].members) {
    // Long before components, values enabled gateways; they still do.
    const HelmValue& by_values = declaration.values["gateways"][gateway.key]["enabled"];
    const bool enabled = by_values.present ? by_values.truth() : gateway.value["enabled"].truth();
    all.push_back({gateway.key, enabled, {}});
  }
  for (const Node item : declaration.components[direction.list].items()) {
    const std::string name(item["name"].text());
    auto at = std::ranges::find_if(all, [&](const auto& g) { return g.name == name; });
    if (at == all.end()) at = all.insert(all.end(), {name, false, {}});
    at->item = item;
    if (item["enabled"]) at->enabled = item["enabled"].boolean().value_or(false);
  }
  return all;
}

void add_direction(const Declaration& declaration, const EffectiveValues& istiod,
                   const std::string& revision, const Direction& direction,
                   const ResourceIndex& resources, Mesh& mesh) {
  for (const Requested& asked : requested(declaration, istiod.version(), direction)) {
    if (!asked.enabled) continue;
    const Node item = asked.item;
    const Node anchor = item["name"] ? item["name"] : declaration.anchor;
    const EffectiveValues values({.chart = direction.chart,
                                  .version = istiod.version(),
                                  .assumed = istiod.assumed(),
                                  .user = declaration.values,
                                  .rendered = {},
                                  .profile = declaration.profile,
                                  .profile_node = declaration.profile_node,
                                  .opaque = declaration.opaque,
                                  .anchor = anchor});
    const auto own_namespace = item["namespace"].text();
    ChartWorkload workload;
    workload.resources = &resources;
    workload.prefix = std::string("gateways.") + direction.values + '.';
    workload.container = kProxyContainer;
    workload.object = {
        .api_version = "apps/v1",
        .kind = "Deployment",
        .name_space = own_namespace.empty() ? declaration.name_space : std::string(own_namespace),
        .name = asked.name,
        .revision = revision};
    workload.anchor = anchor;
    workload.k8s = item["k8s"];
    // istio: manifests/charts/gateways/istio-ingress/templates/deployment.yaml
    workload.pod_labels = {{"app", direction.values},
                           {"istio", std::string(direction.word) + "gateway"},
                           {"service.istio.io/canonical-name", asked.name}};
    add_labels(values.find(workload.prefix + "labels"), workload.pod_labels);
    for (const Entry label : item["label"].entries()) {
      workload.pod_labels[std::string(label.key.text())] = label.value.text();
    }
    Gateway gateway = make_gateway(workload, read_workload(values, workload));
    gateway.method = declaration.method;
    gateway.gateway_class = gateway_class(asked.name, direction.word);
    const Node type = workload.k8s["service"]["type"];
    gateway.exposed = is_exposed(type ? type.text() : values.find(workload.prefix + "type").text);
    mesh.gateways.push_back(std::move(gateway));
  }
}

// The chart `gateway` keeps its scaling below `autoscaling`.
void read_scaling(const EffectiveValues& values, const ChartWorkload& workload,
                  WorkloadSettings& settings) {
  settings.fixed_replicas.from.node = values.nearest("replicaCount");
  const std::int64_t most = values.integer("autoscaling.maxReplicas").value.value_or(0);
  settings.asked = {.at_rest = std::max(values.integer("autoscaling.minReplicas").value.value_or(0),
                                        values.integer("replicaCount").value.value_or(0)),
                    .at_most = most,
                    .ceiling = most == 0 ? kChartMaximum : most};
  if (!values.truth("autoscaling.enabled")) {
    if (values.truth("replicaCount")) settings.fixed_replicas = values.integer("replicaCount");
    return;
  }
  Autoscaler autoscaler;
  autoscaler.object = workload.object;
  autoscaler.object.api_version = "autoscaling/v2";
  autoscaler.object.kind = "HorizontalPodAutoscaler";
  const auto min = values.integer("autoscaling.minReplicas");
  const auto max = values.integer("autoscaling.maxReplicas");
  autoscaler.min = {min.value.value_or(1), min.from};
  autoscaler.max = {max.value.value_or(1), max.from};
  autoscaler.anchor = min.from.node;
  autoscaler.cpu_target = values.integer("autoscaling.targetCPUUtilizationPercentage");
  autoscaler.memory_target = values.integer("autoscaling.targetMemoryUtilizationPercentage");
  settings.autoscaler = std::move(autoscaler);
}

// From 1.28 the budget wants more than one replica (istio: manifests/charts/gateway/templates).
void read_budget(const EffectiveValues& values, const ChartWorkload& workload,
                 WorkloadSettings& settings) {
  if (!values.truth("podDisruptionBudget")) return;
  const auto replicas = settings.autoscaler ? settings.autoscaler->min.value
                                            : settings.fixed_replicas.value.value_or(1);
  if (values.version().at_least(1, 28) && replicas <= 1) return;
  DisruptionBudget budget;
  budget.object = workload.object;
  budget.object.api_version = "policy/v1";
  budget.object.kind = "PodDisruptionBudget";
  budget.anchor = values.nearest("podDisruptionBudget");
  budget.min_available = values.int_or_percent("podDisruptionBudget.minAvailable");
  budget.max_unavailable = values.int_or_percent("podDisruptionBudget.maxUnavailable");
  settings.budgets.push_back(std::move(budget));
}

std::string release_name(const Declaration& declaration, const EffectiveValues& values) {
  const auto name = values.text("name");
  if (name.value && !name.value->empty()) return *name.value;
  return declaration.release_name.empty() ? declaration.object.name : declaration.release_name;
}

}  // namespace

void add_operator_gateways(const Declaration& declaration, const EffectiveValues& istiod,
                           const std::string& revision, const ResourceIndex& resources,
                           Mesh& mesh) {
  constexpr Direction kIngress{"ingressGateways", "istio-ingress", "istio-ingressgateway",
                               "ingress"};
  constexpr Direction kEgress{"egressGateways", "istio-egress", "istio-egressgateway", "egress"};
  add_direction(declaration, istiod, revision, kIngress, resources, mesh);
  add_direction(declaration, istiod, revision, kEgress, resources, mesh);
}

void add_gateway_release(const Declaration& declaration, const EffectiveValues& istiod,
                         const ResourceIndex& resources, Mesh& mesh) {
  const EffectiveValues values({.chart = "gateway",
                                .version = istiod.version(),
                                .assumed = istiod.assumed(),
                                .user = declaration.values,
                                .rendered = {},
                                .profile = {},
                                .opaque = declaration.opaque,
                                .anchor = declaration.anchor});
  const auto revision = values.text("revision").value.value_or("");
  ChartWorkload workload;
  workload.resources = &resources;
  workload.container = kProxyContainer;
  workload.object = {.api_version = "apps/v1",
                     .kind = values.text("kind").value.value_or("Deployment"),
                     .name_space = declaration.name_space,
                     .name = release_name(declaration, values),
                     .revision = revision.empty() ? "default" : revision};
  workload.anchor = declaration.anchor;
  workload.pod_labels = {{"app", workload.object.name}};
  workload.pod_labels["istio"] =
      workload.object.name.substr(workload.object.name.starts_with("istio-") ? 6 : 0);
  add_labels(values.find("labels"), workload.pod_labels);
  WorkloadSettings settings;
  settings.resources = values.resources("resources");
  read_scaling(values, workload, settings);
  read_budget(values, workload, settings);
  add_objects_beside(workload, settings);
  const SpreadReading spread =
      read_spread(values.find("affinity"), values.find("topologySpreadConstraints"),
                  spread_pods(workload, settings));
  settings.spread = spread.spread;
  settings.spread_known =
      spread.known && values.known("affinity") && values.known("topologySpreadConstraints");
  settings.spread.from = values.provenance("affinity");
  obscure_patched(declaration, workload, settings);
  Gateway gateway = make_gateway(workload, std::move(settings));
  gateway.method = declaration.method;
  gateway.gateway_class = gateway_class(gateway.name, "gateway");
  gateway.exposed = is_exposed(values.find("service.type").text);
  mesh.gateways.push_back(std::move(gateway));
}

}  // namespace meshcheck
