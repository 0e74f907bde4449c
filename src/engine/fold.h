// One cause, one finding: joins findings that rules.md says belong together.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "meshcheck/finding.h"
#include "meshcheck/rule.h"

namespace meshcheck {

// A finding whose rule folds into another one that fired on the same subject becomes a `related` of
// that one, adds to its fix and lends it its severity where that is graver. Rules that were not
// selected fold nothing. The severity of a rule in `configured` was chosen by the user and is not
// raised: a graver finding stands on its own beside it.
void fold(std::vector<Finding>& findings, std::span<const Rule* const> rules,
          const std::map<std::string, Severity, std::less<>>& configured = {});

// Makes one finding a `related` of another, which becomes as grave as the graver of the two.
void absorb(Finding& survivor, Finding& folded);

}  // namespace meshcheck
