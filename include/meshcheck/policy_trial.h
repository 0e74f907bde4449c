// Whether a policy can be tried before it enforces.
#pragma once

#include <cstdint>
#include <vector>

#include "meshcheck/authorization.h"

namespace meshcheck {

// What becomes of a policy with istio.io/dry-run on its way to ztunnel.
enum class ZtunnelDryRun : std::uint8_t {
  works,
  dropped,   // istiod does not send it
  enforced,  // istiod sends it and a ztunnel before 1.29 does not know of dry runs
  unknown,   // no istiod is in the input, or no ztunnel's version
};
ZtunnelDryRun ztunnel_dry_run(const Mesh& mesh);

// For those targets: ztunnel has no dry run everywhere.
bool can_run_dry(const Mesh& mesh, const std::vector<const PolicyTarget*>& targets);

}  // namespace meshcheck
