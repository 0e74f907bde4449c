// Text in lines that fit a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace meshcheck::cli {

// The text broken at blanks, so that no line is longer than `width` bytes unless a word is; the
// first line has no indent, as something stands before it already. Line ends of the text count as
// blanks.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace meshcheck::cli
