// Whether a machine may mend what a rule finds. A header of its own: few ask.
#pragma once

#include <cstdint>
#include <string_view>

#include "meshcheck/finding.h"

namespace meshcheck {

// Safe is what does just what the finding asks and cannot break a mesh that runs; unsafe what may
// change traffic, who is let in, or what somebody relies on; manual what is left to people.
enum class Applicability : std::uint8_t { manual, unsafe, safe };

std::string_view to_string(Applicability applicability);  // "manual", "unsafe", "safe"

// What the rule's YAML says (`autofix`); manual for an unknown one. Generated from rules/*.yaml.
Applicability autofix_of(std::string_view rule_id);

// Of the finding's fix, with those of the findings folded into it: the most careful of them. Manual
// where there is nothing to apply.
Applicability applicability_of(const Finding& finding);

}  // namespace meshcheck
