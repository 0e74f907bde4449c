// Foreign text made safe for a terminal and a CI log, and laid out in columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::report {

// `text` on one line, with what could steer a terminal or CI runner, or mislead a reader, made
// visible: control characters as \n or \x1b, marks that reorder text and ill-formed UTF-8 as
// U+FFFD.
std::string printable(std::string_view text);

// Whether the character steers terminals (C1 controls), or reorders, hides or breaks text.
bool misleads(char32_t point);

// A printable line that GitHub's runner does not take for a command, as it does "::error::" at the
// begin of one.
std::string log_line(std::string line);

// Columns that printable text takes: none for combining marks, two for wide characters.
std::size_t display_width(std::string_view text);

// `text`, made printable, in lines of at most `width` columns where its words allow it.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// The lines of a block of YAML, each made printable.
std::vector<std::string> printable_lines(std::string_view block);

// A line of source and the run of marks under it, both within `width` columns.
struct Excerpt {
  std::string text;
  std::string marks;
};

// Columns count code points from 1, `end_column` is one past the last. Tabs are shown as two
// spaces; a line too long for the width is shown around the mark, with "..." where it is cut.
Excerpt mark_excerpt(std::string_view line, std::uint32_t column, std::uint32_t end_column,
                     std::size_t width);

}  // namespace meshcheck::report
