// Finds the next byte of a small set, sixteen at a time where the processor can.
#pragma once

#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace meshcheck {

// The first byte in [at, end) that is one of `kBytes`, or `end`. Never reads past `end`.
template <char... kBytes>
const char* find_any(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i hits = _mm_setzero_si128();
    ((hits = _mm_or_si128(hits, _mm_cmpeq_epi8(block, _mm_set1_epi8(kBytes)))), ...);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return at + __builtin_ctz(mask);
    at += 16;
  }
#endif
  while (at < end && ((*at != kBytes) && ...)) ++at;
  return at;
}

}  // namespace meshcheck
