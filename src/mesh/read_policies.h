// Readers of what security policies select and say; for src/mesh only.
#pragma once

#include "meshcheck/mesh.h"

namespace meshcheck {

// After workloads and gateways, rendered and declared.
void read_policy_targets(Mesh& mesh);
// After the mesh configurations.
void read_root_namespace(Mesh& mesh);
// After both of these.
void read_authorization_policies(Mesh& mesh);
void read_request_authentications(Mesh& mesh);

}  // namespace meshcheck
