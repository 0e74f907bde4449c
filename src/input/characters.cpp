#include "input/characters.h"

#include <bit>
#include <cstring>

#include <fmt/format.h>

namespace meshcheck {

namespace {

unsigned byte_at(std::string_view text, std::uint64_t at) {
  return static_cast<unsigned char>(text[at]);
}

// The character at `at`, or nullopt where the bytes are no UTF-8 (overlong forms and surrogates
// included).
std::optional<std::uint32_t> decode(std::string_view text, std::uint64_t at, std::uint64_t end,
                                    std::uint64_t& length) {
  const unsigned lead = byte_at(text, at);
  length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0x80) return lead;
  if (lead < 0xC2 || lead > 0xF4 || end - at < length) return std::nullopt;
  std::uint32_t value = lead & (0x7Fu >> length);
  for (std::uint64_t i = 1; i < length; ++i) {
    const unsigned next = byte_at(text, at + i);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    value = (value << 6) | (next & 0x3F);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    return std::nullopt;
  }
  return value;
}

bool is_allowed(std::uint32_t character, Format format) {
  if (character == '\t' || character == '\n' || character == '\r') return true;
  if (format == Format::json) return character >= 0x20;
  return (character >= 0x20 && character <= 0x7E) || character == 0x85 ||
         (character >= 0xA0 && character <= 0xD7FF) ||
         (character >= 0xE000 && character <= 0xFFFD) || character >= 0x10000;
}

// True where all eight bytes are printable ASCII.
bool is_printable(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHigh = 0x8080808080808080u;
  const std::uint64_t below_space = (word - kOnes * 0x20) & ~word;
  const std::uint64_t is_delete = word ^ (kOnes * 0x7F);
  const std::uint64_t has_delete = (is_delete - kOnes) & ~is_delete;
  return ((below_space | has_delete | word) & kHigh) == 0;
}

}  // namespace

std::optional<ReadError> find_bad_character(std::string_view text, std::uint64_t begin,
                                            std::uint64_t end, Format format) {
  for (std::uint64_t at = begin; at < end;) {
    if (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      if (is_printable(word)) {
        at += 8;
        continue;
      }
    }
    const unsigned byte = byte_at(text, at);
    if (byte < 0x7F && (byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t')) {
      ++at;
      continue;
    }
    std::uint64_t length = 1;
    const auto character = decode(text, at, end, length);
    if (!character) {
      return ReadError{fmt::format("byte 0x{:02X} is not UTF-8: save the file as UTF-8", byte), at};
    }
    if (!is_allowed(*character, format)) {
      return ReadError{
          fmt::format("the control character U+{:04X} may not stand in a document", *character),
          at};
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace meshcheck
