// Which of a report's findings stand: what a person has to act on, and what counts.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "meshcheck/report.h"

namespace meshcheck::report {

// False for what was suppressed, accepted into a baseline, or is fixed; only formats that carry a
// finding's state tell of these.
bool stands(const Finding& finding);

// What a format tells that has no word for states: those that stand, and, as they fail the run, the
// entries of the baseline that are gone. They are errors, whatever the finding was.
bool counts(const Finding& finding, const Report& report);
Severity counted_severity(const Finding& finding);

// What a suppression or the baseline accepts.
bool accepted(const Finding& finding);

// What a format tells that has a place for accepted findings: those that stand, and the accepted
// ones where the style asks for them.
bool told(const Finding& finding, const ReportStyle& style);

// The rules whose findings were joined to this one.
std::vector<std::string_view> joined_rules(const Finding& finding);

std::size_t count_standing(const Report& report, Severity severity);

// Those that stand, the gravest first, else in the report's order.
std::vector<const Finding*> gravest_first(const Report& report);

}  // namespace meshcheck::report
