// How many pods a workload of any kind runs.
#pragma once

#include <map>
#include <string>

#include "meshcheck/mesh.h"

namespace meshcheck {

class PodCounts {
 public:
  explicit PodCounts(const Mesh& mesh);
  PodCount of(const Resource& workload) const;
  PodCount of_daemons() const;

 private:
  std::map<std::string, PodCount, std::less<>> autoscaled_;  // by "Kind/namespace/name"
  std::optional<std::int64_t> nodes_;
};

}  // namespace meshcheck
