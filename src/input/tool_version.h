// Versions as files that install tools write them.
#pragma once

#include <optional>
#include <string_view>

#include "meshcheck/tool_pin.h"

namespace meshcheck {

// Text, kind and version of a pin; nothing for a commit, a branch, or what else is no version.
std::optional<ToolPin> read_tool_version(std::string_view text);

}  // namespace meshcheck
