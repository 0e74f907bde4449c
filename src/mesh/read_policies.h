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

// The proxies that an object's targetRefs attach it to; in the root namespace a GatewayClass means
// every waypoint. After the policy targets.
TargetList select_by_refs(const Mesh& mesh, const Resource& object, bool in_root);
// The waypoint that serves a Service or ServiceEntry; none where it has none, or the input does not
// tell.
TargetList waypoint_of(const Mesh& mesh, const Resource& service);

}  // namespace meshcheck
