// One cause, one finding: joins findings that rules.md says belong together.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "meshcheck/finding.h"
#include "meshcheck/rule.h"

namespace meshcheck {

// A finding whose rule folds into another one that fired on the same subject becomes a `related` of
// that one, adds to its fix and lends it its severity where that is graver. Rules that were not
// selected fold nothing. Where `chosen` says that a finding's severity is the user's choice it is
// not raised: a graver finding stands on its own beside it.
void fold(std::vector<Finding>& findings, std::span<const Rule* const> rules,
          const std::function<bool(const Finding&)>& chosen = {});

// Makes one finding a `related` of another, which becomes as grave as the graver of the two.
void absorb(Finding& survivor, Finding& folded);

}  // namespace meshcheck
