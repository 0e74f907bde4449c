// Calls of workloads by somebody who has no certificate of the mesh, as the input proves them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/location.h"

namespace meshcheck {

struct Mesh;
struct Workload;

struct OutsideCall {
  const Workload* workload = nullptr;
  std::int64_t port = 0;    // of the pod
  bool api_server = false;  // an outage where it fails, not a missing number
  std::string caller;       // "the API server (APIService v1beta1.metrics.k8s.io)"
  Node where;               // that tells of it
  ObjectRef object;         // that `where` belongs to
};

// By the API server, load balancers, ingress controllers, NodePorts, Prometheus and the kubelet;
// only where somebody in the mesh is there to take them, and not what goes past its sidecar.
std::vector<OutsideCall> outside_calls(const Mesh& mesh);

}  // namespace meshcheck
