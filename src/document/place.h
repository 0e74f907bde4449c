// Turns byte offsets into lines and columns. Nodes store offsets only; findings are few.
#pragma once

#include <cstdint>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Place {
  std::uint32_t line = 0;    // 1-based
  std::uint32_t column = 0;  // 1-based, in code points
};

// Line breaks are LF, CRLF and a lone CR, as editors count them.
std::uint32_t count_lines(std::string_view text);
std::uint32_t count_code_points(std::string_view text);

// Where `offset` lies, given that the line of `begin`'s byte is `first_line`. `begin` must be the
// first byte of a line.
Place locate(std::string_view text, std::uint64_t begin, std::uint32_t first_line,
             std::uint64_t offset);

// The place of the bytes [begin, end), with the text of the first line; its document is not filled
// in. The source counts its lines once for all that is asked.
Location locate(const Source& source, std::uint64_t begin, std::uint64_t end);

// The offset of the first byte of the line that holds `offset`, not before `begin`.
std::uint64_t line_begin(std::string_view text, std::uint64_t begin, std::uint64_t offset);
std::uint64_t line_end(std::string_view text, std::uint64_t offset);

}  // namespace meshcheck
