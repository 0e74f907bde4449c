// What stands beside a workload (autoscalers, budgets), for any istiod or gateway; for
// readers within src/mesh.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/injection.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

namespace meshcheck {

// By what autoscalers and budgets find a workload, be it in the input or only asked for by values.
struct WorkloadKey {
  ObjectRef object;
  std::string_view container;  // that rules judge it by
  LabelSet pod_labels = {};
  Node place = {};  // what describes it; or missing
};

// A workload of the input and the container that rules judge it by.
struct ScaledWorkload {
  const Resource& resource;
  Node container;

  Node pod() const { return resource.pod_template(); }
  Node pod_labels() const { return pod()["metadata"]["labels"]; }
  WorkloadKey key() const;
};

// The HPA that targets the workload, else the KEDA ScaledObject that will make one. `requests` are
// those of the workload's container: targets given as an average value are divided by them. Where
// files hold one object each for several clusters, what stands in the workload's own is its own.
std::optional<Autoscaler> find_autoscaler(const ResourceIndex& resources,
                                          const WorkloadKey& workload, const Resources& requests);
std::optional<VerticalAutoscaler> find_vertical_autoscaler(const ResourceIndex& resources,
                                                           const WorkloadKey& workload);
// Every PodDisruptionBudget whose selector selects the workload's pods.
std::vector<DisruptionBudget> find_budgets(const ResourceIndex& resources,
                                           const WorkloadKey& workload);
bool selects_pods(const Resource& budget, const WorkloadKey& workload);
bool targets(const Resource& autoscaler, const ObjectRef& workload);

// Both stand in one file.
bool in_one_file(Node one, Node other);

}  // namespace meshcheck
