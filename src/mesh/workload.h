// What stands beside a workload (autoscaler, budgets, spread), for any istiod or gateway; for
// readers within src/mesh.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

namespace meshcheck {

// A workload and the container that rules judge it by.
struct ScaledWorkload {
  const Resource& resource;
  Node container;

  Node pod() const { return resource.pod_template(); }
  Node pod_labels() const { return pod()["metadata"]["labels"]; }
};

// The HPA that targets the workload, else the KEDA ScaledObject that will make one. `requests` are
// those of the workload's container: targets given as an average value are divided by them.
std::optional<Autoscaler> find_autoscaler(const ResourceIndex& resources,
                                          const ScaledWorkload& workload,
                                          const Resources& requests);
std::optional<VerticalAutoscaler> find_vertical_autoscaler(const ResourceIndex& resources,
                                                           const ScaledWorkload& workload);
// The same for a workload that is asked for, and not in the input itself.
std::optional<VerticalAutoscaler> find_vertical_autoscaler(const ResourceIndex& resources,
                                                           const ObjectRef& workload,
                                                           std::string_view container);
// Every PodDisruptionBudget whose selector selects the workload's pods.
std::vector<DisruptionBudget> find_budgets(const ResourceIndex& resources,
                                           const ScaledWorkload& workload);
bool selects_pods(const Resource& budget, const ScaledWorkload& workload);
bool targets(const Resource& autoscaler, const Resource& workload);
// Where files hold one object each for several clusters, what stands in the workload's own file is
// its own.
bool in_one_file(const Resource& one, const Resource& other);
bool targets(const Resource& autoscaler, const ObjectRef& workload);

Spread read_spread(const ScaledWorkload& workload);

}  // namespace meshcheck
