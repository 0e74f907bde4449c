// What a report amounts to, in the words that people's formats share.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/report.h"

namespace meshcheck::report {

// "1 error", "2 errors".
std::string counted(std::size_t count, std::string_view noun);

// What is to be done about entries of the baseline whose findings are gone.
std::string stale_sentence(const Report& report);

// Null where the rule was not selected.
const RuleText* find_rule_text(const Report& report, std::string_view id);

// "1 error, 2 infos (1 suppressed); 3 of 5 rules judged", or why it was not evaluated. Printable.
std::string tally(const Point& point);

// "1 error, 0 warnings, 2 infos in 12 files (2 suppressed, 6 rules not evaluated)".
std::string summary_line(const Report& report);

struct ReasonGroup {
  std::string reason;
  std::vector<std::string> rules;  // by ID
  std::vector<std::string> needs;  // those that the reason does not name
};

// Rules that were not evaluated, by the reason they share: the commonest first, then by rule.
// Without `all` those are left out whose point tells the reason.
std::vector<ReasonGroup> by_reason(const Report& report, bool all);

// "MC101-MC104, MC109": three or more numbers in a row are a range. Printable.
std::string ranges_of(const std::vector<std::string>& rules);

// How many there are; a rule may be named several times, once a subject.
std::size_t rules_not_evaluated(const Report& report, bool with_partly);

}  // namespace meshcheck::report
