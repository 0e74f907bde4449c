// Which of a report's findings stand: what a person has to act on, and what counts.
#pragma once

#include <cstddef>

#include "meshcheck/report.h"

namespace meshcheck::report {

// False for what was suppressed, accepted into a baseline, or is fixed; only formats that carry a
// finding's state tell of these.
bool stands(const Finding& finding);

std::size_t count_standing(const Report& report, Severity severity);

}  // namespace meshcheck::report
