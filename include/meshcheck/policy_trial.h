// Whether a policy can be tried before it enforces.
#pragma once

#include <vector>

#include "meshcheck/authorization.h"

namespace meshcheck {

// For those targets: ztunnel has no dry run everywhere.
bool can_run_dry(const Mesh& mesh, const std::vector<const PolicyTarget*>& targets);

}  // namespace meshcheck
