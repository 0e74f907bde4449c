// How Istio's charts size, scale, guard and spread one Deployment: istiod or a gateway.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/effective_values.h"
#include "mesh/spread.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

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
  // Where its Namespace and what was put beside it by hand may be.
  const ResourceIndex* resources = nullptr;
};

struct WorkloadSettings {
  Resources resources;
  Traced<std::optional<std::int64_t>> fixed_replicas;
  std::optional<Autoscaler> autoscaler;
  bool autoscaler_known = true;
  std::vector<DisruptionBudget> budgets;
  bool budgets_known = true;
  std::string budget_trap;
  bool budget_unseen = false;
  Node budget_off;
  Spread spread;
  bool spread_known = true;
  std::vector<EnvVar> env;
  AskedReplicas asked;

  // The fewest replicas that run at rest; nothing where that is not known.
  std::optional<std::int64_t> min_replicas() const;
};

WorkloadSettings read_workload(const EffectiveValues& values, ChartWorkload workload);

LabelSet label_set(const Labels& labels);
// The workload's pods, once its scaling has been read.
SpreadPods spread_pods(const ChartWorkload& workload, const WorkloadSettings& settings);
// Adds what the input holds beside the values for that workload: the autoscaler where the chart
// makes none, and budgets.
void add_objects_beside(const ChartWorkload& workload, WorkloadSettings& settings);

}  // namespace meshcheck
