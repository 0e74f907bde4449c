// Plain text by lines, for files that are no YAML.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/location.h"

namespace meshcheck {

struct TextLine {
  std::uint32_t number = 0;  // 1-based
  std::string_view text;     // without its line end
};

// What a search in a line returns that finds nothing.
inline constexpr std::size_t kNone = std::string_view::npos;

std::vector<TextLine> text_lines(std::string_view text);

// The line without the comment at its end, as shells, Make and YAML have it: from a `#` on that
// stands behind a blank and in no quotes. A line that is all comment stays.
std::string_view without_comment(std::string_view line);

// The place of `part`, a piece of the line's own text.
Location place_on(const TextLine& line, std::string_view part, const std::string& file);

}  // namespace meshcheck
