#include <algorithm>
#include <cctype>

#include "document/extent.h"
#include "document/place.h"
#include "meshcheck/document.h"

namespace meshcheck {

namespace {

constexpr std::size_t kExcerptLimit = 500;  // bytes; a minified line helps nobody

struct Extent {
  std::uint64_t begin, end;
};

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

Location locate(const Source& source, std::uint64_t begin, std::uint64_t end) {
  const LineIndex::Mark mark = source.lines.at(source.text, begin);
  const Place first = place_of(source, mark);
  Place last = place_of(source, source.lines.at(source.text, end));
  if (last.line == first.line && last.column == first.column) ++last.column;
  return {.file = source.name,
          .line = first.line,
          .column = first.column,
          .end_line = last.line,
          .end_column = last.column,
          .document = 0,
          .source = {},
          .excerpt = excerpt_of(source.text, mark.line_begin),
          .line_hash = {}};
}

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
  Location location = locate(*document->source, extent.begin, extent.end);
  location.document = document->number;
  location.source = document->chart_source;
  return location;
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
