// Kubernetes manifests by the megabyte, the same ones every time.
#pragma once

#include <cstddef>
#include <string>

namespace meshcheck::bench {

// As `kubectl get -o yaml` prints a cluster: sorted keys, managedFields and status, sequences not
// indented, and many objects that no rule reads.
std::string dump(std::size_t bytes);

// As people keep them in git: comments, indented sequences, flow lists, quotes; no status.
std::string gitops(std::size_t bytes);

// As `kubectl get -o json` prints it: one List of Deployments, Services and policies.
std::string json_list(std::size_t bytes);

}  // namespace meshcheck::bench
