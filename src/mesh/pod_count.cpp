#include "mesh/pod_count.h"

#include <algorithm>

#include <fmt/format.h>

namespace meshcheck {
namespace {

PodCount range(Node spec, const char* min, std::int64_t min_default, const char* max,
               std::int64_t max_default) {
  PodCount count;
  count.least = spec[min].integer().value_or(min_default);
  count.most = std::max(count.least, spec[max].integer().value_or(max_default));
  return count;
}

std::string target_key(const Resource& autoscaler) {
  const Node target = autoscaler.spec()["scaleTargetRef"];
  const Node kind = target["kind"];
  return fmt::format("{}/{}/{}", kind ? kind.text() : "Deployment", autoscaler.name_space(),
                     target["name"].text());
}

}  // namespace

PodCounts::PodCounts(const Mesh& mesh) {
  const ResourceIndex& resources = *mesh.resources;
  for (const Resource* hpa : resources.of_kind("HorizontalPodAutoscaler")) {
    autoscaled_[target_key(*hpa)] = range(hpa->spec(), "minReplicas", 1, "maxReplicas", 1);
  }
  // KEDA's own defaults (keda: apis/keda/v1alpha1/scaledobject_types.go).
  for (const Resource* scaled : resources.of_kind("ScaledObject")) {
    autoscaled_[target_key(*scaled)] =
        range(scaled->spec(), "minReplicaCount", 0, "maxReplicaCount", 100);
  }
  if (mesh.settings->nodes) {
    nodes_ = mesh.settings->nodes->count;
  } else if (const auto all = resources.of_kind("Node"); !all.empty()) {
    nodes_ = static_cast<std::int64_t>(all.size());
  }
}

// Which nodes a DaemonSet is for is not looked at: one pod a node is the most.
PodCount PodCounts::of_daemons() const {
  if (!nodes_) return {.least = 1, .most = 1, .known = false};
  return {.least = *nodes_, .most = *nodes_};
}

PodCount PodCounts::of(const Resource& workload) const {
  const std::string_view kind = workload.kind();
  const Node spec = workload.spec();
  if (kind == "Pod") return {};
  if (kind == "DaemonSet") return of_daemons();
  if (kind == "Job" || kind == "CronJob") {
    const Node job = kind == "Job" ? spec : spec["jobTemplate"]["spec"];
    const std::int64_t pods = job["parallelism"].integer().value_or(1);
    // A schedule's pods come and go: at rest there are none.
    return {.least = kind == "Job" ? pods : 0, .most = pods};
  }
  const auto scaled =
      autoscaled_.find(fmt::format("{}/{}/{}", kind, workload.name_space(), workload.name()));
  if (scaled != autoscaled_.end()) return scaled->second;
  const std::int64_t fixed = spec["replicas"].integer().value_or(1);
  return {.least = fixed, .most = fixed};
}

}  // namespace meshcheck
