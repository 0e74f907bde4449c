#include "live/base64.h"

#include <array>
#include <cstdint>

namespace meshcheck::live {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNone = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr auto kStandardValues = values_of(kStandard);
constexpr auto kUrlValues = values_of(kUrl);

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

// Takes the digits; stops at the first byte that is none.
std::size_t take_digits(std::string_view text, const std::array<std::uint8_t, 256>& values,
                        std::string& bytes, std::size_t& digits) {
  std::uint32_t bits = 0;
  std::size_t at = 0;
  bytes.reserve(text.size() / 4 * 3 + 3);
  for (; at < text.size(); ++at) {
    if (is_line_end(text[at])) continue;
    const std::uint8_t value = values[static_cast<unsigned char>(text[at])];
    if (value == kNone) break;
    bits = bits << 6U | value;
    if (++digits % 4 != 1) bytes += static_cast<char>(bits >> (6 - 2 * ((digits - 1) % 4)) & 0xFFU);
  }
  return at;
}

}  // namespace

Decoded decode_base64(std::string_view text) {
  Decoded decoded;
  std::size_t digits = 0;
  std::size_t at = take_digits(text, kStandardValues, decoded.bytes, digits);
  // Two or three digits in the last group are filled up with one or two `=`.
  std::size_t padding = digits % 4 == 0 ? 0 : 4 - digits % 4;
  for (; at < text.size(); ++at) {
    if (is_line_end(text[at])) continue;
    if (padding == 0 || padding == 3 || text[at] != '=') break;
    --padding;
  }
  if (at < text.size() || padding != 0) decoded.bad = at;
  return decoded;
}

Decoded decode_base64url(std::string_view text) {
  Decoded decoded;
  std::size_t digits = 0;
  const std::size_t at = take_digits(text, kUrlValues, decoded.bytes, digits);
  if (at < text.size() || digits % 4 == 1) decoded.bad = at;
  return decoded;
}

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? kStandard[bits >> (18 - 6 * i) & 0x3FU] : '=';
    }
  }
  return text;
}

}  // namespace meshcheck::live
