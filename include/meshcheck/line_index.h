// Lines and columns of a text that is asked about often.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

namespace meshcheck {

// Marks every 64 KiB, made at the first question: thousands of findings in one stream, or in one
// line of minified JSON, cost one walk over it together. Safe to ask from several threads.
class LineIndex {
 public:
  struct Mark {
    std::uint64_t offset = 0;
    std::uint64_t line_begin = 0;  // of the line that holds `offset`
    std::uint32_t lines = 0;       // that end before `offset`
    std::uint32_t column = 0;      // code points from `line_begin` to `offset`
  };

  // What holds at `offset` of `text`, which must be the same at every call.
  Mark at(std::string_view text, std::uint64_t offset) const;

 private:
  void build(std::string_view text) const;

  mutable std::once_flag built_;
  mutable std::vector<Mark> marks_;
};

}  // namespace meshcheck
