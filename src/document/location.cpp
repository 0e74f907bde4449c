#include <algorithm>
#include <cctype>

#include "document/place.h"
#include "meshcheck/document.h"

namespace meshcheck {

namespace {

constexpr std::size_t kExcerptLimit = 500;  // bytes; a minified line helps nobody

struct Extent {
  std::uint64_t begin, end;
};

// Skips an anchor and a tag: `&base !!str text`.
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

std::uint64_t trimmed_line_end(std::string_view text, std::uint64_t at) {
  auto end = line_end(text, at);
  while (end > at && (text[end - 1] == ' ' || text[end - 1] == '\t')) --end;
  return end;
}

// The bytes a node's mark should cover: a scalar (of those that span lines and are not quoted, the
// first line), or a container's first line.
Extent extent_of(const Document& document, const RawNode& raw) {
  const std::string_view text = document.source->text;
  const auto kind = static_cast<NodeKind>(raw.kind);
  const std::uint64_t begin = raw.offset;
  if (kind == NodeKind::null) {
    auto end = begin;
    while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
    if (end < text.size() && text[end] == '~') ++end;
    return {begin, end};
  }
  if (kind != NodeKind::scalar) return {begin, trimmed_line_end(text, begin)};
  switch (static_cast<ScalarStyle>(raw.style)) {
    case ScalarStyle::single_quoted:
    case ScalarStyle::double_quoted: {
      const auto at = skip_properties(text, begin);
      return {begin, at < text.size() ? quoted_end(text, at) : at};
    }
    case ScalarStyle::plain:
      if (!raw.decoded) return {begin, std::uint64_t{raw.a} + raw.b};
      [[fallthrough]];
    case ScalarStyle::literal:
    case ScalarStyle::folded: break;
  }
  return {begin, trimmed_line_end(text, begin)};
}

std::string excerpt_of(std::string_view text, std::uint64_t line_begin) {
  auto line = text.substr(line_begin, kExcerptLimit + 1);
  line = line.substr(0, line_end(line, 0));
  if (line.size() > kExcerptLimit) {
    line = line.substr(0, kExcerptLimit);
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) {
      line.remove_suffix(1);
    }
    if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xC0) line.remove_suffix(1);
  }
  return std::string(line);
}

// How far the lines of a literal block scalar are indented: what its first line with text has more
// than the same line of its value.
struct Block {
  std::uint64_t first_line;  // offset of the line after the header
  std::uint64_t indentation;
};

Block block_of(const Document& document, const RawNode& raw) {
  const std::string_view text = document.source->text;
  const auto after_line = [&](std::uint64_t at) {
    at = line_end(text, at);
    if (at + 1 < text.size() && text[at] == '\r' && text[at + 1] == '\n') ++at;
    return std::min<std::uint64_t>(at + 1, text.size());
  };
  const Block none{after_line(skip_properties(text, raw.offset)), 0};
  const std::string_view value{document.decoded + raw.a, raw.b};
  const auto shown = value.find_first_not_of('\n');
  if (shown == std::string_view::npos) return none;
  auto line = none.first_line;
  for (std::size_t i = 0; i < shown; ++i) line = after_line(line);
  const auto spaces = [](std::string_view from, std::uint64_t at) {
    const auto end = from.find_first_not_of(' ', at);
    return (end == std::string_view::npos ? from.size() : end) - at;
  };
  return {none.first_line, spaces(text, line) - spaces(value, shown)};
}

// The byte of the outermost source that shows `offset` of an embedded document: exact in literal
// block scalars, else the scalar itself.
std::uint64_t outer_offset(const Document& host, std::uint32_t node, std::string_view text,
                           std::uint64_t offset) {
  const RawNode& raw = host.nodes[node];
  if (static_cast<ScalarStyle>(raw.style) != ScalarStyle::literal || !raw.decoded) {
    return raw.offset;
  }
  const std::string_view outer = host.source->text;
  const Block block = block_of(host, raw);
  auto line = block.first_line;
  for (auto skip = count_lines(text.substr(0, line_begin(text, 0, offset))); skip > 0; --skip) {
    line = line_end(outer, line);
    if (line + 1 < outer.size() && outer[line] == '\r' && outer[line + 1] == '\n') ++line;
    line = std::min<std::uint64_t>(line + 1, outer.size());
  }
  return line + block.indentation + (offset - line_begin(text, 0, offset));
}

Place place_of(const Source& source, const LineIndex::Mark& mark) {
  const bool marked =
      mark.column > 0 && source.text.substr(mark.line_begin).starts_with(kByteOrderMark);
  return {mark.lines + 1, mark.column + (marked ? 0 : 1)};
}

bool is_exact(const Document& document) {
  for (const Document* at = &document; at->host != nullptr; at = at->host) {
    const RawNode& raw = at->host->nodes[at->host_node];
    if (static_cast<ScalarStyle>(raw.style) != ScalarStyle::literal || !raw.decoded) return false;
  }
  return true;
}

}  // namespace

Location Node::location() const {
  if (document_ == nullptr) return {};
  if (document_->host != nullptr && !is_exact(*document_)) {
    return Node(document_->host, document_->host_node).location();
  }
  Extent extent = extent_of(*document_, raw());
  const Document* document = document_;
  for (; document->host != nullptr; document = document->host) {
    const auto text = document->source->text;
    extent.begin = outer_offset(*document->host, document->host_node, text, extent.begin);
    extent.end = outer_offset(*document->host, document->host_node, text, extent.end);
  }
  const Source& source = *document->source;
  const LineIndex::Mark mark = source.lines.at(source.text, extent.begin);
  const Place begin = place_of(source, mark);
  Place end = place_of(source, source.lines.at(source.text, extent.end));
  if (end.line == begin.line && end.column == begin.column) ++end.column;
  return {.file = document->source->name,
          .line = begin.line,
          .column = begin.column,
          .end_line = end.line,
          .end_column = end.column,
          .document = document->number,
          .source = std::string(document->chart_source),
          .excerpt = excerpt_of(source.text, mark.line_begin),
          .line_hash = {}};
}

std::uint32_t Node::line() const {
  if (document_ == nullptr) return 0;
  std::uint64_t offset = raw().offset;
  const Document* document = document_;
  for (; document->host != nullptr; document = document->host) {
    offset = outer_offset(*document->host, document->host_node, document->source->text, offset);
  }
  const Source& source = *document->source;
  return source.lines.at(source.text, offset).lines + 1;
}

}  // namespace meshcheck
