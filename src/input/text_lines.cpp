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

std::string_view without_comment(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos || line[begin] == '#') return line;
  char quote = 0;
  for (std::size_t at = begin; at < line.size(); ++at) {
    const char c = line[at];
    const bool after_blank = at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t');
    if (c == '\\' && quote != '\'') {
      ++at;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#' && after_blank) {
      return line.substr(0, at);
    }
  }
  return line;
}

}  // namespace meshcheck
