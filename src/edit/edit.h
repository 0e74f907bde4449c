// A change to a text as bytes to replace, so that everything else stays as it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck {

// Replaces `length` bytes at `offset`; where `length` is 0 it inserts.
struct Edit {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string text;

  auto operator<=>(const Edit&) const = default;
};

// The text with all edits made. They lie in it and do not overlap; their order is free, and two
// insertions at one place stand in the order given.
std::string apply_edits(std::string_view text, std::vector<Edit> edits);

// The line end that the text uses around `offset`: "\r\n" where the line before has it, else "\n".
std::string_view line_break(std::string_view text, std::uint64_t offset);

}  // namespace meshcheck
