// Finds the lines of a text that begin with something, 64 bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace meshcheck {

// What 64 bytes hold, a bit for each byte.
struct LineStarts {
  std::uint64_t breaks = 0;  // line feeds
  std::uint64_t starts = 0;  // line feeds with neither a space nor a line feed after them
  bool lone_return = false;  // a CR without an LF after it
};

// Reads one byte beyond its block, to see what follows a line feed.
inline constexpr std::size_t kLineStartsReach = 65;
using FindLineStarts = LineStarts (*)(const char* block);

// The fastest that this processor runs.
FindLineStarts line_starts_finder();
// Each of them, for tests: plain code, then whatever else this processor has.
FindLineStarts plain_line_starts_finder();

}  // namespace meshcheck
