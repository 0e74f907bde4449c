#include "document/extent.h"

#include <algorithm>

#include "document/place.h"

namespace meshcheck {
namespace {

std::uint64_t count_spaces(std::string_view text, std::uint64_t at) {
  const auto end = text.find_first_not_of(' ', at);
  return (end == std::string_view::npos ? text.size() : end) - at;
}

}  // namespace

std::uint64_t skip_properties(std::string_view text, std::uint64_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min<std::uint64_t>(text.find_first_of(" \t\r\n", at), text.size());
    at = std::min<std::uint64_t>(text.find_first_not_of(" \t\r\n", at), text.size());
  }
  return at;
}

std::uint64_t quoted_end(std::string_view text, std::uint64_t at) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != '\'') return at + 1;
      ++at;
    }
  }
  return text.size();
}

std::uint64_t next_line(std::string_view text, std::uint64_t at) {
  at = line_end(text, at);
  if (at + 1 < text.size() && text[at] == '\r' && text[at + 1] == '\n') ++at;
  return std::min<std::uint64_t>(at + 1, text.size());
}

Block block_of(const Document& document, const RawNode& raw) {
  const std::string_view text = document.source->text;
  const Block none{next_line(text, skip_properties(text, raw.offset)), 0};
  const std::string_view value{(raw.decoded ? document.decoded : text.data()) + raw.a, raw.b};
  const auto shown = value.find_first_not_of('\n');
  if (shown == std::string_view::npos) return none;
  auto line = none.first_line;
  for (std::size_t i = 0; i < shown; ++i) line = next_line(text, line);
  return {none.first_line, count_spaces(text, line) - count_spaces(value, shown)};
}

std::uint64_t block_end(std::string_view text, const Block& block) {
  auto end = block.first_line;
  while (block.indentation != 0 && end < text.size()) {
    const auto after = next_line(text, end);
    const bool blank =
        text.substr(end, after - end).find_first_not_of(" \r\n") == std::string_view::npos;
    if (!blank && count_spaces(text, end) < block.indentation) break;
    end = after;
  }
  return end;
}

}  // namespace meshcheck
