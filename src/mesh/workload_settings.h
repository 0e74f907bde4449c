// How Istio's charts size, scale, guard and spread one Deployment: istiod or a gateway.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/effective_values.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

using Labels = std::map<std::string, std::string, std::less<>>;

// The Deployment that a chart makes, and where its values keep the settings.
struct ChartWorkload {
  std::string prefix;     // "", "pilot.", "gateways.istio-ingressgateway."
  std::string container;  // "discovery", "istio-proxy"
  ObjectRef object;
  Labels pod_labels;
  Node anchor;
  Node k8s;                      // an IstioOperator component's `k8s`, applied after the chart
  bool budget_settings = false;  // the chart reads `pdb.…`: istiod's from 1.27
};

struct WorkloadSettings {
  Resources resources;
  Traced<std::optional<std::int64_t>> fixed_replicas;
  std::optional<Autoscaler> autoscaler;
  bool autoscaler_known = true;
  std::vector<DisruptionBudget> budgets;
  bool budgets_known = true;
  std::string budget_trap;
  Node budget_off;
  Spread spread;
  bool spread_known = true;
  std::vector<EnvVar> env;
};

WorkloadSettings read_workload(const EffectiveValues& values, const ChartWorkload& workload);

// Which of the pods with `labels` keep apart from each other, by a pod's `affinity` and
// `topologySpreadConstraints`.
Spread read_spread(const HelmValue& affinity, const HelmValue& constraints, const Labels& labels);
// True where some leaf hangs on something that is not in the input.
bool holds_unknown(const HelmValue& value);

}  // namespace meshcheck
