// What policies need beside themselves, and whether this mesh has it: somebody to ask, and a log
// that shows what they mark.
#pragma once

#include <optional>
#include <string_view>

namespace meshcheck {

struct Mesh;

// Whether some access log prints what an AUDIT policy marks (Envoy's dynamic metadata
// envoy.common:access_log_hint), which nothing in a stock Istio does. nullopt: no mesh
// configuration is in the input.
std::optional<bool> logs_audit(const Mesh& mesh);

// Whether the mesh configuration defines the provider that a CUSTOM policy asks, as one that
// authorizes; without it istiod denies all that the policy matches. nullopt: no mesh configuration
// that lists providers is in the input, or the name is a variable.
std::optional<bool> defines_provider(const Mesh& mesh, std::string_view provider);

}  // namespace meshcheck
