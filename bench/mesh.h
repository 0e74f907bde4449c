// A mesh of any size, for rules to judge.
#pragma once

#include <cstddef>
#include <string>

namespace meshcheck::bench {

// istiod with its injector, and that many namespaces: each with two workloads, a Service, policies,
// a Telemetry, a DestinationRule and a pod that runs.
std::string mesh_of(std::size_t namespaces);

}  // namespace meshcheck::bench
