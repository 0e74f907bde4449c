#include "meshcheck/line_index.h"

#include <algorithm>
#include <iterator>

#include "document/place.h"

namespace meshcheck {
namespace {

constexpr std::uint64_t kStride = std::uint64_t{1} << 16;

// Neither within a character nor between CR and LF.
std::uint64_t next_boundary(std::string_view text, std::uint64_t offset) {
  const auto continues = [&](std::uint64_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U ||
           (text[at] == '\n' && text[at - 1] == '\r');
  };
  while (offset < text.size() && continues(offset)) ++offset;
  return offset;
}

LineIndex::Mark advance(std::string_view text, LineIndex::Mark mark, std::uint64_t offset) {
  const auto start = line_begin(text, mark.offset, offset);
  if (start > mark.offset) {
    mark.lines += count_lines(text.substr(mark.offset, start - mark.offset));
    mark.line_begin = start;
    mark.column = count_code_points(text.substr(start, offset - start));
  } else {
    mark.column += count_code_points(text.substr(mark.offset, offset - mark.offset));
  }
  mark.offset = offset;
  return mark;
}

}  // namespace

void LineIndex::build(std::string_view text) const {
  marks_ = {Mark{}};
  for (std::uint64_t at = kStride; at < text.size(); at += kStride) {
    const auto offset = next_boundary(text, at);
    if (offset >= text.size()) break;
    marks_.push_back(advance(text, marks_.back(), offset));
  }
}

LineIndex::Mark LineIndex::at(std::string_view text, std::uint64_t offset) const {
  std::call_once(built_, [&] { build(text); });
  offset = std::min<std::uint64_t>(offset, text.size());
  const auto after = std::ranges::upper_bound(marks_, offset, {}, &Mark::offset);
  return advance(text, *std::prev(after), offset);
}

}  // namespace meshcheck
