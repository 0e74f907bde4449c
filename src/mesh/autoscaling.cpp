#include <algorithm>
#include <string_view>

#include "mesh/container_resources.h"
#include "mesh/workload.h"

namespace meshcheck {
namespace {

using TracedTarget = Traced<std::optional<std::int64_t>>;

// One metric of an HPA, in the shape of any API version since v2beta1.
struct Metric {
  std::string_view resource;  // "cpu", "memory"; empty for anything else
  Node utilization;
  Node average_value;
};

Metric read_metric(Node metric, std::string_view container) {
  const Node by_container = metric["containerResource"];
  const Node source = by_container ? by_container : metric["resource"];
  const std::string_view name = source["name"].text();
  const bool ours = !by_container || by_container["container"].text() == container;
  if (!ours || (name != "cpu" && name != "memory")) return {};
  if (const Node target = source["target"]) {
    return {name, target["averageUtilization"], target["averageValue"]};
  }
  return {name, source["targetAverageUtilization"], source["targetAverageValue"]};  // v2beta1
}

// Per cent of the request, rounded up: 60.2 % is above 60 %.
TracedTarget utilization_of(const Metric& metric, const std::optional<Quantity>& request) {
  if (!metric.utilization.is_null()) return read_integer(metric.utilization, {});
  const auto average = Quantity::parse(metric.average_value.text());
  if (!average || !request || request->is_zero()) {
    return {std::nullopt,
            {Provenance::Kind::unknown, metric.average_value, "a value without a request"}};
  }
  const auto whole = static_cast<double>(request->milli());
  const double percent = static_cast<double>(average->milli()) * 100.0 / whole;
  const auto floor = static_cast<std::int64_t>(percent);
  return {floor + (static_cast<double>(floor) < percent ? 1 : 0), from_input(metric.average_value)};
}

// Several metrics on one resource: the lowest target asks for the most replicas and so decides.
void take_lowest(TracedTarget& current, TracedTarget candidate) {
  if (!current.value || (candidate.value && *candidate.value < *current.value)) {
    current = std::move(candidate);
  }
}

void add_metric(const Metric& metric, const Resources& requests, Autoscaler& autoscaler) {
  if (metric.resource == "cpu") {
    take_lowest(autoscaler.cpu_target, utilization_of(metric, requests.cpu_request.value));
  } else if (metric.resource == "memory") {
    take_lowest(autoscaler.memory_target, utilization_of(metric, requests.memory_request.value));
  } else {
    autoscaler.other_metrics = true;
  }
}

Traced<std::int64_t> read_bound(Node node, std::int64_t by_default, Node owner) {
  if (node.is_null()) {
    return {by_default, {Provenance::Kind::api_default, owner, "the API server's default"}};
  }
  if (const auto integer = node.integer()) return {*integer, from_input(node)};
  return {by_default, {Provenance::Kind::unknown, node, "not an integer"}};
}

Autoscaler read_hpa(const Resource& hpa, const ScaledWorkload& workload,
                    const Resources& requests) {
  const Node spec = hpa.spec();
  Autoscaler autoscaler;
  autoscaler.object = hpa.ref();
  autoscaler.anchor = hpa.anchor();
  autoscaler.min = read_bound(spec["minReplicas"], 1, hpa.anchor());
  autoscaler.max = read_bound(spec["maxReplicas"], 1, hpa.anchor());
  autoscaler.cpu_target.from = absent_at(hpa.anchor());
  autoscaler.memory_target.from = absent_at(hpa.anchor());

  const std::string_view container = workload.container["name"].text();
  const Node metrics = spec["metrics"];
  for (const Node metric : metrics.items()) {
    add_metric(read_metric(metric, container), requests, autoscaler);
  }
  if (const Node target = spec["targetCPUUtilizationPercentage"]; !target.is_null()) {  // v1
    autoscaler.cpu_target = read_integer(target, hpa.anchor());
  } else if (metrics.size() == 0) {
    // k8s: pkg/apis/autoscaling/v2/defaults.go, SetDefaults_HorizontalPodAutoscaler.
    autoscaler.cpu_target = {80,
                             {Provenance::Kind::api_default, hpa.anchor(),
                              "the API server's default for an HPA without metrics"}};
  }
  return autoscaler;
}

// keda: apis/keda/v1alpha1/scaledobject_types.go; the CPU and memory scalers take `metricType`, and
// before KEDA 2.7 `metadata.type`, with the target in `metadata.value`.
Metric read_trigger(Node trigger) {
  const std::string_view type = trigger["type"].text();
  if (type != "cpu" && type != "memory") return {};
  const Node metric_type = trigger["metricType"];
  const Node kind = metric_type ? metric_type : trigger["metadata"]["type"];
  const Node value = trigger["metadata"]["value"];
  if (kind.text() == "AverageValue") return {type, {}, value};
  return {type, value, {}};
}

Autoscaler read_scaled_object(const Resource& scaled, const Resources& requests) {
  const Node spec = scaled.spec();
  Autoscaler autoscaler;
  autoscaler.object = scaled.ref();
  autoscaler.anchor = scaled.anchor();
  autoscaler.min = read_bound(spec["minReplicaCount"], 0, scaled.anchor());
  autoscaler.max = read_bound(spec["maxReplicaCount"], 100, scaled.anchor());
  autoscaler.cpu_target.from = absent_at(scaled.anchor());
  autoscaler.memory_target.from = absent_at(scaled.anchor());
  for (const Node trigger : spec["triggers"].items()) {
    Metric metric = read_trigger(trigger);
    // KEDA writes every value as a string.
    if (const auto percent = Quantity::parse(metric.utilization.text())) {
      TracedTarget target{percent->value(), from_input(metric.utilization)};
      take_lowest(metric.resource == "cpu" ? autoscaler.cpu_target : autoscaler.memory_target,
                  std::move(target));
    } else {
      add_metric(metric, requests, autoscaler);
    }
  }
  return autoscaler;
}

}  // namespace

bool targets(const Resource& autoscaler, const ObjectRef& workload) {
  const bool vertical = autoscaler.kind() == "VerticalPodAutoscaler";
  const Node target = autoscaler.spec()[vertical ? "targetRef" : "scaleTargetRef"];
  const std::string_view kind = target["kind"].text();
  return autoscaler.name_space() == workload.name_space && target["name"].text() == workload.name &&
         (kind.empty() ? workload.kind == "Deployment" : kind == workload.kind);
}

bool targets(const Resource& autoscaler, const Resource& workload) {
  return targets(autoscaler, workload.ref());
}

bool in_one_file(const Resource& one, const Resource& other) {
  return one.root().document()->source == other.root().document()->source;
}

namespace {

// The autoscaler of the kind that targets the workload; of several the one beside it.
const Resource* find_of_kind(const ResourceIndex& resources, std::string_view kind,
                             const ScaledWorkload& workload) {
  const Resource* found = nullptr;
  for (const Resource* autoscaler : resources.of_kind(kind)) {
    if (!targets(*autoscaler, workload.resource)) continue;
    if (in_one_file(*autoscaler, workload.resource)) return autoscaler;
    if (found == nullptr) found = autoscaler;
  }
  return found;
}

}  // namespace

std::optional<Autoscaler> find_autoscaler(const ResourceIndex& resources,
                                          const ScaledWorkload& workload,
                                          const Resources& requests) {
  if (const Resource* hpa = find_of_kind(resources, "HorizontalPodAutoscaler", workload)) {
    return read_hpa(*hpa, workload, requests);
  }
  if (const Resource* scaled = find_of_kind(resources, "ScaledObject", workload)) {
    return read_scaled_object(*scaled, requests);
  }
  return std::nullopt;
}

std::optional<VerticalAutoscaler> find_vertical_autoscaler(const ResourceIndex& resources,
                                                           const ScaledWorkload& workload) {
  return find_vertical_autoscaler(resources, workload.resource.ref(),
                                  workload.container["name"].text());
}

std::optional<VerticalAutoscaler> find_vertical_autoscaler(const ResourceIndex& resources,
                                                           const ObjectRef& workload,
                                                           std::string_view container) {
  for (const Resource* vpa : resources.of_kind("VerticalPodAutoscaler")) {
    if (!targets(*vpa, workload)) continue;
    if (vpa->spec()["updatePolicy"]["updateMode"].text() == "Off") continue;
    Node policy;
    for (const Node candidate : vpa->spec()["resourcePolicy"]["containerPolicies"].items()) {
      const std::string_view name = candidate["containerName"].text();
      // A container's own policy goes before the one for all.
      if (name == container || (name == "*" && !policy)) policy = candidate;
    }
    if (policy["mode"].text() == "Off") continue;
    VerticalAutoscaler vertical;
    vertical.object = vpa->ref();
    vertical.anchor = vpa->anchor();
    const Node controlled = policy["controlledResources"];
    vertical.controls_cpu = vertical.controls_memory = !controlled;
    for (const Node resource : controlled.items()) {
      vertical.controls_cpu |= resource.text() == "cpu";
      vertical.controls_memory |= resource.text() == "memory";
    }
    vertical.scales_limits = policy["controlledValues"].text() != "RequestsOnly";
    vertical.min_cpu = Quantity::parse(policy["minAllowed"]["cpu"].text());
    vertical.min_memory = Quantity::parse(policy["minAllowed"]["memory"].text());
    return vertical;
  }
  return std::nullopt;
}

}  // namespace meshcheck
