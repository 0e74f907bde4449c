// Strings as JSON writes them, which YAML reads as they are.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck {

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string_view text, std::string& out);

std::string json_string(std::string_view text);

}  // namespace meshcheck
