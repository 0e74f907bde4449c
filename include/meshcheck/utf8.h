// UTF-8 text, one code point at a time; ill-formed bytes are read as U+FFFD, never refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meshcheck {

struct CodePoint {
  char32_t value = 0;
  std::uint8_t length = 0;  // bytes taken; 0 at the end of the text, 1 for an ill-formed byte
  bool valid = true;        // false: `value` stands for a byte that is not UTF-8
};

// The first code point of `text`.
CodePoint decode_utf8(std::string_view text);

// `text` with every ill-formed byte replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace meshcheck
