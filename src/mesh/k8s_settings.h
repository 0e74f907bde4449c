// What an IstioOperator component's `k8s` changes in the objects that the chart has rendered.
#pragma once

#include <functional>
#include <string_view>

#include "mesh/workload_settings.h"

namespace meshcheck {

class K8sSettings {
 public:
  explicit K8sSettings(const ChartWorkload& workload) : workload_(workload), k8s_(workload.k8s) {}

  // What overlays[] make of the labels of the Deployment's pods.
  void patch_labels(Labels& labels) const;
  // resources and env.
  void patch_pods(WorkloadSettings& settings) const;
  // affinity
  void patch_spread(WorkloadSettings& settings) const;
  // hpaSpec and replicaCount. A patch makes no HPA where the chart rendered none.
  void patch_scaling(WorkloadSettings& settings) const;
  void patch_budget(const Version& version, WorkloadSettings& settings) const;
  // overlays[] of kind Deployment, HPA and PDB: the fields we read, set or made unknown.
  void apply_overlays(WorkloadSettings& settings) const;

  // True where istioctl of this version tells the chart of the replicas that `k8s` asks for, and
  // they are more than one (istio: operator/pkg/render/manifest.go, "translate k8s HPA/replica
  // settings").
  bool seen_by_chart(const Version& version, const WorkloadSettings& settings) const;

 private:
  // Calls `use` with the kind, the path and the value of each that is about the chart's objects.
  void for_each_overlay(
      const std::function<void(std::string_view, std::string_view, Node)>& use) const;

  const ChartWorkload& workload_;
  Node k8s_;
};

}  // namespace meshcheck
