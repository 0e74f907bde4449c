// Code points as escapes write them and as UTF-8 holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace meshcheck {

void append_utf8(std::uint32_t code_point, std::string& out);

// The value of exactly `count` hexadecimal digits at `at`.
std::optional<std::uint32_t> hex_digits(const char* at, const char* end, int count);

}  // namespace meshcheck
