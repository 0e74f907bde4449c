// What the pods of a workload listen on, as far as manifests tell.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "meshcheck/mesh.h"

namespace meshcheck {

// Numbers of ports, as PeerAuthentications name them: those of pods.
struct PodPorts {
  std::set<std::int64_t> pods;                    // of containers, and targets of Services
  std::map<std::int64_t, std::int64_t> services;  // a Service's port that leads to another one
  bool all_declared = true;  // every container says its ports: there are no others
};

// From its containers and from the Services that select it.
PodPorts pod_ports(const Mesh& mesh, const Workload& workload);

}  // namespace meshcheck
