// PeerAuthentications that are for the same, so that only one of them counts.
#pragma once

#include <string>
#include <vector>

#include "meshcheck/mtls.h"

namespace meshcheck {

// Two policies of which istiod drops one.
struct MtlsRivals {
  const PeerAuthentication* winner = nullptr;  // else the one that stands first in the input:
  const PeerAuthentication* loser = nullptr;
  bool decided = true;  // by the dates of all that are for it
  std::string what;     // that both are for: "all of namespace shop", "Deployment web"
};

// Those that say different things, each pair once: of namespaces, then of workloads.
std::vector<MtlsRivals> mtls_rivals(const Mesh& mesh);

// "namespace shop"; manifests may leave it to `kubectl -n`.
std::string namespace_of(const PeerAuthentication& policy);

}  // namespace meshcheck
