// Clients in the mesh that a DestinationRule has call without a certificate, where the server
// insists on one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/resource.h"

namespace meshcheck {

struct Mesh;
struct Workload;

struct RefusedClients {
  const Resource* rule = nullptr;  // the DestinationRule
  Node tls_mode;                   // its DISABLE or SIMPLE
  std::string field;               // the path of that
  bool many_hosts = false;         // its host is a wildcard, and `workload` one of several
  const Workload* workload = nullptr;
  std::int64_t port = 0;  // of the workload, where mutual TLS is STRICT
  Node strict;            // where that is said
};

// One for each `tls_mode`, with the first workload that refuses its clients. Of a wildcard host
// only those Services count for which the input has no DestinationRule with a closer host: that one
// would win (istio: pilot/pkg/model/push_context.go, destinationRule).
std::vector<RefusedClients> refused_clients(const Mesh& mesh);

}  // namespace meshcheck
