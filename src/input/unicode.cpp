#include "input/unicode.h"

namespace meshcheck {

void append_utf8(std::uint32_t code_point, std::string& out) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  const auto tail = [&](int shift) { byte(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    byte(0xE0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    byte(0xF0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::optional<std::uint32_t> hex_digits(const char* at, const char* end, int count) {
  if (end - at < count) return std::nullopt;
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) {
    const char c = at[i];
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<std::uint32_t>(lower - 'a') + 10;
    } else {
      return std::nullopt;
    }
  }
  return value;
}

}  // namespace meshcheck
