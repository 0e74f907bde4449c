// One cause, one finding: joins findings that rules.md says belong together.
#pragma once

#include <span>
#include <vector>

#include "meshcheck/finding.h"
#include "meshcheck/rule.h"

namespace meshcheck {

// A finding whose rule folds into another one that fired on the same subject becomes a `related` of
// that one and adds to its fix. Rules that were not selected fold nothing. A finding joins only
// what is at least as severe, else the exit status and a reader of headlines would miss it: that
// matters where the configuration lowers the severity of the rule that others join.
void fold(std::vector<Finding>& findings, std::span<const Rule* const> rules);

}  // namespace meshcheck
