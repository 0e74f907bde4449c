#include "meshcheck/line_hash.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "meshcheck/utf8.h"

namespace meshcheck {
namespace {

constexpr std::size_t kBlock = 100;
constexpr std::uint64_t kBase = 37;
constexpr std::uint64_t kEndOfFile = 65535;

constexpr std::uint64_t base_to_the_block() {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < kBlock; ++i) power *= kBase;
  return power;
}

// A line's hash is that of the hundred UTF-16 units from its start on, blanks left out, in 64-bit
// arithmetic that wraps around; equal hashes are told apart by a count.
class RollingHash {
 public:
  RollingHash(std::span<const std::uint32_t> lines, std::vector<std::string>& hashes)
      : lines_(lines), hashes_(hashes) {}

  void take(char32_t point) {
    if (point < 0x10000) {
      take_unit(point);
      return;
    }
    take_unit(0xD800 + ((point - 0x10000) >> 10U));
    take_unit(0xDC00 + ((point - 0x10000) & 0x3FFU));
  }

  void finish() {
    take_unit(kEndOfFile);
    for (std::size_t i = 0; i < kBlock; ++i) {
      emit();
      roll(0);
    }
  }

 private:
  void take_unit(std::uint64_t unit) {
    const bool after_return = std::exchange(after_return_, false);
    if (unit == ' ' || unit == '\t' || (after_return && unit == '\n')) return;
    if (unit == '\r') {
      unit = '\n';
      after_return_ = true;
    }
    emit();
    if (line_start_) starts_[index_] = ++line_;
    line_start_ = unit == '\n';
    roll(unit);
  }

  void roll(std::uint64_t unit) {
    static constexpr std::uint64_t kLeaving = base_to_the_block();
    hash_ = kBase * hash_ + unit - kLeaving * window_[index_];
    window_[index_] = unit;
    index_ = (index_ + 1) % kBlock;
  }

  // The line that began a hundred units ago has its hash now.
  void emit() {
    const std::uint32_t line = std::exchange(starts_[index_], 0);
    if (line == 0) return;
    const std::size_t occurrence = ++seen_[hash_];
    const auto wanted = std::ranges::lower_bound(lines_, line);
    for (auto it = wanted; it != lines_.end() && *it == line; ++it) {
      hashes_[static_cast<std::size_t>(it - lines_.begin())] =
          fmt::format("{:x}:{}", hash_, occurrence);
    }
  }

  std::span<const std::uint32_t> lines_;
  std::vector<std::string>& hashes_;
  std::unordered_map<std::uint64_t, std::size_t> seen_;
  std::array<std::uint64_t, kBlock> window_{};
  std::array<std::uint32_t, kBlock> starts_{};  // 0: no line began there
  std::size_t index_ = 0;
  std::uint64_t hash_ = 0;
  std::uint32_t line_ = 0;
  bool line_start_ = true;
  bool after_return_ = false;
};

}  // namespace

std::vector<std::string> line_hashes(std::string_view text, std::span<const std::uint32_t> lines) {
  std::vector<std::string> hashes(lines.size());
  RollingHash hash(lines, hashes);
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    hash.take(point.value);
    text.remove_prefix(point.length);
  }
  hash.finish();
  return hashes;
}

}  // namespace meshcheck
