// The unified diff of two texts, as `patch` and `git apply` read it.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck {

// Empty where both are the same; else with `---` and `+++` lines that both name `name` (`patch
// -p0`, `git apply -p0`), three lines of context, and `\ No newline at end of file` where it is so.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace meshcheck
