// Finds what installs istioctl in Dockerfiles, CI configuration, Makefiles, shell scripts, asdf and
// mise files, and which version that is.
#pragma once

#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/tool_pin.h"

namespace meshcheck {

// In the order of the file. What hangs on a variable that the file does not settle (a CI matrix, an
// input, the environment) is left out.
std::vector<ToolPin> find_tool_pins(const Source& source);

}  // namespace meshcheck
