// Files that list tools with their versions: asdf's .tool-versions and mise.toml.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "input/text_lines.h"
#include "meshcheck/document.h"
#include "meshcheck/tool_pin.h"

namespace meshcheck {

bool lists_tools(std::string_view file);
std::vector<ToolPin> read_tool_list(const Source& source, std::span<const TextLine> lines);

}  // namespace meshcheck
