// istio: operator/pkg/render/postprocess.go lays `k8s` over the objects that the chart has
// rendered.
#include "engine/operator_k8s.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "meshcheck/patch.h"
#include "meshcheck/quantity.h"

namespace meshcheck {
namespace {

Node resource_of(Node metric) {
  return metric["containerResource"] ? metric["containerResource"] : metric["resource"];
}

bool is_cpu_of_istiod(Node metric) {
  const Node container = metric["containerResource"]["container"];
  return resource_of(metric)["name"].text() == "cpu" &&
         (!container || container.text() == "discovery");
}

// As autoscaling/v2beta1 has it, without `target` and `metric`.
// (k8s: staging/src/k8s.io/api/autoscaling/v2beta1/types.go)
bool is_beta(Node metric) {
  const Node resource = resource_of(metric);
  if (resource["targetAverageUtilization"] || resource["targetAverageValue"]) return true;
  constexpr std::array<std::string_view, 3> kOthers = {"pods", "object", "external"};
  return std::ranges::any_of(
      kOthers, [&](std::string_view type) { return bool{metric[type]["metricName"]}; });
}

// The metric of istiod's CPU in the form of the one that is there, or of its neighbours. A target
// has one kind of value.
std::string cpu_metric(Node metric, std::string_view target, bool beta) {
  const bool by_container = static_cast<bool>(metric["containerResource"]);
  std::string text = fmt::format("- type: {}\n  {}:\n    name: cpu\n",
                                 by_container ? "ContainerResource" : "Resource",
                                 by_container ? "containerResource" : "resource");
  if (by_container) text += "    container: discovery\n";
  const Node resource = resource_of(metric);
  if (beta) {
    text += fmt::format("    targetAverageUtilization: {}\n", target);
    if (resource["targetAverageValue"]) text += "    targetAverageValue: null\n";
    return text;
  }
  text +=
      fmt::format("    target:\n      type: Utilization\n      averageUtilization: {}\n", target);
  if (resource["target"]["averageValue"]) text += "      averageValue: null\n";
  return text;
}

// Metrics are one list, which replaces the chart's: the others stay in it.
std::string metrics_with_cpu(Node metrics, std::string_view target) {
  bool beta = false;
  bool found = false;
  std::string list;
  for (const Node metric : metrics.items()) {
    beta = beta || is_beta(metric);
    if (is_cpu_of_istiod(metric)) {
      found = true;
      list += cpu_metric(metric, target, is_beta(metric));
    } else {
      list += fmt::format("- {}\n", flow_yaml(metric));
    }
  }
  return found ? list : list + cpu_metric({}, target, beta);
}

}  // namespace

Node operator_k8s(const Finding& finding, std::span<const Mesh> meshes) {
  if (!finding.fix || finding.fix->method != InstallMethod::istiooperator) return {};
  for (const Mesh& mesh : meshes) {
    if (mesh.folder != finding.mesh) continue;
    for (const ControlPlane& plane : mesh.control_planes) {
      if (finding.subject == plane.subject()) return plane.k8s;
    }
  }
  return {};
}

std::vector<Setting> settings_of_k8s(std::span<const Setting> settings, Node k8s) {
  const Node hpa = k8s["hpaSpec"];
  std::vector<Setting> laid;
  const auto lay = [&](Node present, const char* key, std::string value) {
    if (present) laid.push_back({key, std::move(value)});
  };
  for (const auto& [key, value] : settings) {
    if (key == "autoscaleMin") {
      lay(hpa["minReplicas"], "hpaSpec.minReplicas", value);
    } else if (key == "autoscaleMax") {
      lay(hpa["maxReplicas"], "hpaSpec.maxReplicas", value);
    } else if (key == "cpu.targetAverageUtilization") {
      const Node metrics = hpa["metrics"];
      lay(metrics, "hpaSpec.metrics", metrics_with_cpu(metrics, value));
      lay(hpa["targetCPUUtilizationPercentage"], "hpaSpec.targetCPUUtilizationPercentage", value);
    } else if (key == "replicaCount") {
      lay(k8s["replicaCount"], "replicaCount", value);
    }
    // istio: operator/pkg/apis/validation has no replicaCount beside autoscaling.
    if (key == "autoscaleMin") lay(k8s["replicaCount"], "replicaCount", "null");
  }
  return laid;
}

}  // namespace meshcheck
