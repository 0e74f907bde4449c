// Reader of PeerAuthentication; for src/mesh only.
#pragma once

#include <memory>

#include "meshcheck/mtls.h"

namespace meshcheck {

// After the mesh configurations, the workloads and their index.
std::shared_ptr<const Mtls> read_mtls(const Mesh& mesh);

}  // namespace meshcheck
