#include <algorithm>
#include <string_view>

#include "mesh/autoscaler_metric.h"
#include "mesh/container_resources.h"
#include "mesh/workload.h"

namespace meshcheck {
namespace {

Autoscaler read_hpa(const Resource& hpa, std::string_view container, const Resources& requests) {
  const Node spec = hpa.spec();
  Autoscaler autoscaler;
  autoscaler.object = hpa.ref();
  autoscaler.anchor = hpa.anchor();
  autoscaler.min = read_bound(spec["minReplicas"], 1, hpa.anchor());
  autoscaler.max = read_bound(spec["maxReplicas"], 1, hpa.anchor());
  autoscaler.cpu_target.from = absent_at(hpa.anchor());
  autoscaler.memory_target.from = absent_at(hpa.anchor());

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

}  // namespace

bool targets(const Resource& autoscaler, const ObjectRef& workload) {
  const bool vertical = autoscaler.kind() == "VerticalPodAutoscaler";
  const Node target = autoscaler.spec()[vertical ? "targetRef" : "scaleTargetRef"];
  const std::string_view kind = target["kind"].text();
  return autoscaler.name_space() == workload.name_space && target["name"].text() == workload.name &&
         (kind.empty() ? workload.kind == "Deployment" : kind == workload.kind);
}

WorkloadKey ScaledWorkload::key() const {
  return {.object = resource.ref(),
          .container = container["name"].text(),
          .pod_labels = LabelSet(pod_labels()),
          .place = resource.root()};
}

bool in_one_file(Node one, Node other) {
  return one && other && one.document()->source == other.document()->source;
}

namespace {

// The autoscaler of the kind that targets the workload; of several the one beside it.
const Resource* find_of_kind(const ResourceIndex& resources, std::string_view kind,
                             const WorkloadKey& workload) {
  const Resource* found = nullptr;
  for (const Resource* autoscaler : resources.of_kind(kind)) {
    if (!targets(*autoscaler, workload.object)) continue;
    if (in_one_file(autoscaler->root(), workload.place)) return autoscaler;
    if (found == nullptr) found = autoscaler;
  }
  return found;
}

}  // namespace

std::optional<Autoscaler> find_autoscaler(const ResourceIndex& resources,
                                          const WorkloadKey& workload, const Resources& requests) {
  if (const Resource* hpa = find_of_kind(resources, "HorizontalPodAutoscaler", workload)) {
    return read_hpa(*hpa, workload.container, requests);
  }
  if (const Resource* scaled = find_of_kind(resources, "ScaledObject", workload)) {
    return read_scaled_object(*scaled, requests);
  }
  return std::nullopt;
}

std::optional<VerticalAutoscaler> find_vertical_autoscaler(const ResourceIndex& resources,
                                                           const WorkloadKey& workload) {
  for (const Resource* vpa : resources.of_kind("VerticalPodAutoscaler")) {
    if (!targets(*vpa, workload.object)) continue;
    if (vpa->spec()["updatePolicy"]["updateMode"].text() == "Off") continue;
    Node policy;
    for (const Node candidate : vpa->spec()["resourcePolicy"]["containerPolicies"].items()) {
      const std::string_view name = candidate["containerName"].text();
      // A container's own policy goes before the one for all.
      if (name == workload.container || (name == "*" && !policy)) policy = candidate;
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
