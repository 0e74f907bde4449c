// istiod's environment variables that are switches.
#pragma once

#include <string_view>

namespace meshcheck {

struct ControlPlane;

// Go's strconv.ParseBool: "1", "t" and "True" are true as well. What it refuses is neither: istiod
// then keeps its default.
bool reads_as(std::string_view text, bool wanted);
// The variable is set, and turns something on.
bool turns_on(const ControlPlane& plane, std::string_view variable);

}  // namespace meshcheck
