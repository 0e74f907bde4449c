// How far the text of a scalar reaches in its source.
#pragma once

#include <cstdint>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck {

// Skips an anchor and a tag: `&base !!str text`.
std::uint64_t skip_properties(std::string_view text, std::uint64_t at);

// One past the quote that ends the scalar whose first quote is at `at`.
std::uint64_t quoted_end(std::string_view text, std::uint64_t at);

// The offset of the line after the one that holds `at`, or the end.
std::uint64_t next_line(std::string_view text, std::uint64_t at);

// The lines of a block scalar: how far they are indented, which is what its first line with text
// has more than the same line of its value. 0 where no line has text.
struct Block {
  std::uint64_t first_line;  // offset of the line after the header
  std::uint64_t indentation;
};
Block block_of(const Document& document, const RawNode& raw);

// One past the last line of a block scalar. What stands less indented below it is not its text.
std::uint64_t block_end(std::string_view text, const Block& block);

}  // namespace meshcheck
