#include "input/line_starts.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace meshcheck {

namespace {

LineStarts find_plainly(const char* block) {
  LineStarts found;
  for (std::size_t i = 0; i < 64; ++i) {
    const char next = block[i + 1];
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (block[i] == '\n') {
      found.breaks |= bit;
      if (next != ' ' && next != '\n') found.starts |= bit;
    }
    if (block[i] == '\r' && next != '\n') found.lone_return = true;
  }
  return found;
}

#if defined(__x86_64__)
// Where the 64 bytes are `wanted`.
__attribute__((target("avx2"))) std::uint64_t positions(const __m256i& low, const __m256i& high,
                                                        char wanted) {
  const __m256i pattern = _mm256_set1_epi8(wanted);
  const int low_bits = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, pattern));
  const int high_bits = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, pattern));
  return std::uint64_t{static_cast<std::uint32_t>(low_bits)} |
         std::uint64_t{static_cast<std::uint32_t>(high_bits)} << 32;
}

// The release is built for any x86-64; these functions ask for more and are called only where the
// processor has it.
__attribute__((target("avx2"))) LineStarts find_with_avx2(const char* block) {
  const auto* const bytes = reinterpret_cast<const __m256i*>(block);
  const auto* const following = reinterpret_cast<const __m256i*>(block + 1);
  const __m256i low = _mm256_loadu_si256(bytes);
  const __m256i high = _mm256_loadu_si256(bytes + 1);
  const __m256i next_low = _mm256_loadu_si256(following);
  const __m256i next_high = _mm256_loadu_si256(following + 1);
  const std::uint64_t feeds = positions(low, high, '\n');
  const std::uint64_t next_feeds = positions(next_low, next_high, '\n');
  const std::uint64_t next_spaces = positions(next_low, next_high, ' ');
  const std::uint64_t returns = positions(low, high, '\r');
  return {feeds, feeds & ~(next_feeds | next_spaces), (returns & ~next_feeds) != 0};
}
#endif

}  // namespace

FindLineStarts plain_line_starts_finder() { return find_plainly; }

FindLineStarts line_starts_finder() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return find_with_avx2;
#endif
  return find_plainly;
}

}  // namespace meshcheck
