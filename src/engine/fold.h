// One cause, one finding: joins findings that rules.md says belong together.
#pragma once

#include <span>
#include <vector>

#include "meshcheck/finding.h"
#include "meshcheck/rule.h"

namespace meshcheck {

// A finding whose rule folds into another one that fired on the same subject becomes a `related` of
// that one and adds to its fix. Rules that were not selected fold nothing.
void fold(std::vector<Finding>& findings, std::span<const Rule* const> rules);

}  // namespace meshcheck
