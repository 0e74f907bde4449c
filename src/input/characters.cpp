#include "input/characters.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <fmt/format.h>

namespace meshcheck {

namespace {

unsigned byte_at(std::string_view text, std::uint64_t at) {
  return static_cast<unsigned char>(text[at]);
}

// How many bytes the first one, which is not ASCII, announces.
std::uint64_t sequence_length(unsigned lead) {
  if (lead >= 0xF0) return 4;
  return lead >= 0xE0 ? 3 : 2;
}

// The character at `at`, or nullopt where the bytes are no UTF-8 (overlong forms and surrogates
// included).
std::optional<std::uint32_t> decode(std::string_view text, std::uint64_t at, std::uint64_t end,
                                    std::uint64_t& length) {
  const unsigned lead = byte_at(text, at);
  length = lead < 0x80 ? 1 : sequence_length(lead);
  if (lead < 0x80) return lead;
  if (lead < 0xC2 || lead > 0xF4 || end - at < length) return std::nullopt;
  std::uint32_t value = lead & (0x7FU >> length);
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

constexpr std::uint32_t kByteOrderMark = 0xFEFF;

bool is_rare_break(std::uint32_t character) {
  return character == 0x85 || character == 0x2028 || character == 0x2029;
}

// The first byte that is neither printable ASCII nor LF.
const char* skip_common(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i below_space = _mm_set1_epi8(0x20);
  const __m128i feed = _mm_set1_epi8('\n');
  const __m128i del = _mm_set1_epi8(0x7F);
  while (end - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // Signed: bytes from 0x80 on are below, too.
    const __m128i odd = _mm_or_si128(
        _mm_andnot_si128(_mm_cmpeq_epi8(block, feed), _mm_cmplt_epi8(block, below_space)),
        _mm_cmpeq_epi8(block, del));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(odd));
    if (mask != 0) return at + __builtin_ctz(mask);
    at += 16;
  }
#endif
  while (at < end && ((*at >= 0x20 && *at < 0x7F) || *at == '\n')) ++at;
  return at;
}

}  // namespace

Characters check_characters(std::string_view text, std::uint64_t begin, std::uint64_t end,
                            Format format) {
  Characters result;
  const char* const base = text.data();
  for (auto at = begin;;) {
    at = static_cast<std::uint64_t>(skip_common(base + at, base + end) - base);
    if (at >= end) return result;
    std::uint64_t length = 1;
    const auto character = decode(text, at, end, length);
    if (!character) {
      result.bad = {
          fmt::format("byte 0x{:02X} is not UTF-8: save the file as UTF-8", byte_at(text, at)), at};
      return result;
    }
    if (!is_allowed(*character, format)) {
      result.bad = {
          fmt::format("the control character U+{:04X} may not stand in a document", *character),
          at};
      return result;
    }
    const bool lone_return = *character == '\r' && (at + 1 >= end || text[at + 1] != '\n');
    if (lone_return || is_rare_break(*character) || (*character == kByteOrderMark && at > begin)) {
      result.common_breaks = false;
    }
    at += length;
  }
}

}  // namespace meshcheck
