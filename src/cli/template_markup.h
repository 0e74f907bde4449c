// What Helm's markup in a line of a template can become.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "input/text_lines.h"

namespace meshcheck::cli {

// Blanks before the line's text.
std::size_t depth_of(std::string_view line);

// Nothing that could stand above another line: blank, a comment, or markup alone.
bool holds_no_key(std::string_view line);

// Of each line of a template, how much of it belongs to markup that opened above, as comments of
// several lines do.
std::vector<std::size_t> markup_from_above(std::span<const TextLine> lines);

// True where a template's text can be rendered as `made`, both without blanks at their ends. What
// stands before and behind markup stays.
bool can_become(std::string_view text, std::string_view made);

// The least depth of the lines that are put in here as a whole; nothing where none are.
std::optional<std::size_t> insertion_depth(std::string_view line);

enum class BlockMark { open, other, close };  // `if`, `else`, `end` and the like

// Of a line, in order.
std::vector<BlockMark> block_marks(std::string_view line);

}  // namespace meshcheck::cli
