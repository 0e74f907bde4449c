#include "input/text_lines.h"

#include <algorithm>
#include <cstddef>

#include "document/place.h"

namespace meshcheck {
namespace {

constexpr std::size_t kExcerptLimit = 500;  // bytes; a minified line helps nobody

}  // namespace

std::vector<TextLine> text_lines(std::string_view text) {
  std::vector<TextLine> lines;
  std::uint32_t number = 1;
  while (!text.empty()) {
    const std::uint64_t end = line_end(text, 0);
    lines.push_back({number++, text.substr(0, end)});
    const std::uint64_t next = end + (text.substr(end).starts_with("\r\n") ? 2U : 1U);
    text.remove_prefix(std::min<std::uint64_t>(next, text.size()));
  }
  return lines;
}

Location place_on(const TextLine& line, std::string_view part, const std::string& file) {
  const auto begin = static_cast<std::size_t>(part.data() - line.text.data());
  Location at;
  at.file = file;
  at.line = at.end_line = line.number;
  at.column = 1 + count_code_points(line.text.substr(0, begin));
  at.end_column = at.column + count_code_points(part);
  if (line.text.size() <= kExcerptLimit) at.excerpt = line.text;
  return at;
}

}  // namespace meshcheck
