#include "edit/extent.h"

#include <algorithm>

#include "document/place.h"

namespace meshcheck {
namespace {

using Offset = std::optional<std::uint64_t>;

std::string_view text_of(Node node) { return node.document()->source->text; }

// Begins with an anchor, an alias or a tag: what stands there is not the value alone.
bool has_properties(std::string_view text, std::uint64_t at) {
  return at < text.size() && (text[at] == '&' || text[at] == '*' || text[at] == '!');
}

Offset end_of_quoted(std::string_view text, std::uint64_t at) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != '\'') return at + 1;
      ++at;
    }
  }
  return std::nullopt;
}

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A plain scalar over several lines: its words in order, whatever white space folds them.
Offset end_of_words(std::string_view text, std::uint64_t at, std::string_view words) {
  for (const char letter : words) {
    if (is_white(letter)) continue;
    while (at < text.size() && is_white(text[at])) ++at;
    if (at >= text.size() || text[at] != letter) return std::nullopt;
    ++at;
  }
  return at;
}

std::uint64_t next_line(std::string_view text, std::uint64_t at) {
  at = line_end(text, at);
  if (at + 1 < text.size() && text[at] == '\r' && text[at + 1] == '\n') ++at;
  return std::min<std::uint64_t>(at + 1, text.size());
}

std::uint64_t spaces_at(std::string_view text, std::uint64_t at) {
  std::uint64_t end = at;
  while (end < text.size() && text[end] == ' ') ++end;
  return end - at;
}

bool is_blank_line(std::string_view text, std::uint64_t at) {
  for (const auto end = line_end(text, at); at < end; ++at) {
    if (text[at] != ' ' && text[at] != '\t') return false;
  }
  return true;
}

// A block scalar ends with its last line that is not blank. (YAML 1.2, 8.1)
Offset end_of_block_scalar(std::string_view text, std::uint64_t at, std::uint64_t limit) {
  const std::string_view header = text.substr(at, line_end(text, at) - at);
  // A number says how far it is indented; rare, and hard to tell from what follows.
  if (header.substr(0, header.find(' ')).find_first_of("123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::uint64_t end = at + header.find_first_of(" \t");
  if (header.find_first_of(" \t") == std::string_view::npos) end = at + header.size();
  std::uint64_t indentation = 0;
  for (auto line = next_line(text, at); line < limit; line = next_line(text, line)) {
    if (is_blank_line(text, line)) continue;
    const std::uint64_t spaces = spaces_at(text, line);
    if (indentation == 0) indentation = spaces;
    if (spaces == 0 || spaces < indentation) break;
    end = line_end(text, line);
  }
  return end;
}

Offset end_of_null(std::string_view text, std::uint64_t at) {
  if (has_properties(text, at)) return std::nullopt;
  for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
    if (text.substr(at).starts_with(word)) return at + word.size();
  }
  return at;
}

Offset end_of_scalar(Node node) {
  const std::string_view text = text_of(node);
  const std::uint64_t at = node.offset();
  if (has_properties(text, at)) return std::nullopt;
  switch (node.style()) {
    case ScalarStyle::single_quoted:
    case ScalarStyle::double_quoted: return end_of_quoted(text, at);
    case ScalarStyle::plain: return end_of_words(text, at, node.text());
    case ScalarStyle::literal:
    case ScalarStyle::folded: return end_of_block_scalar(text, at, node.document()->end);
  }
  return std::nullopt;
}

// Skips white space, commas and comments.
std::uint64_t skip_between(std::string_view text, std::uint64_t at) {
  while (at < text.size()) {
    if (is_white(text[at]) || text[at] == ',') {
      ++at;
    } else if (text[at] == '#' && (is_white(text[at - 1]) || text[at - 1] == ',')) {
      at = line_end(text, at);
    } else {
      break;
    }
  }
  return at;
}

// The end of the last child of a container; of an empty one where its first would stand. Children
// must follow each other, or one of them is an alias.
Offset end_of_children(Node node, std::uint64_t begin) {
  std::uint64_t end = begin;
  const auto add = [&](Node child) {
    const Offset child_end = child.offset() < end ? std::nullopt : end_of(child);
    if (child_end) end = *child_end;
    return child_end.has_value();
  };
  for (const Entry entry : node.entries()) {
    if (!add(entry.key) || !add(entry.value)) return std::nullopt;
  }
  for (const Node item : node.items()) {
    if (!add(item)) return std::nullopt;
  }
  return end;
}

Offset end_of_container(Node node) {
  const std::string_view text = text_of(node);
  const std::uint64_t at = node.offset();
  if (at >= text.size() || has_properties(text, at)) return std::nullopt;
  if (!is_flow(node)) return end_of_children(node, at);
  const Offset end = end_of_children(node, at + 1);
  if (!end) return std::nullopt;
  const std::uint64_t close = skip_between(text, *end);
  const char wanted = text[at] == '{' ? '}' : ']';
  if (close >= text.size() || text[close] != wanted) return std::nullopt;
  return close + 1;
}

}  // namespace

Offset end_of(Node node) {
  switch (node.kind()) {
    case NodeKind::null: return end_of_null(text_of(node), node.offset());
    case NodeKind::scalar: return end_of_scalar(node);
    case NodeKind::mapping:
    case NodeKind::sequence: return end_of_container(node);
  }
  return std::nullopt;
}

Offset indentation_of(Node node) {
  const std::string_view text = text_of(node);
  std::uint64_t begin = line_begin(text, 0, node.offset());
  if (begin == 0 && text.starts_with(kByteOrderMark)) begin = kByteOrderMark.size();
  const std::string_view before = text.substr(begin, node.offset() - begin);
  if (before.find_first_not_of(" -") != std::string_view::npos) return std::nullopt;
  return before.size();
}

Offset dash_column(Node sequence) {
  const Node first = sequence.at(0);
  if (!first) return std::nullopt;
  const Offset column = indentation_of(first);
  if (!column) return std::nullopt;
  const std::string_view text = text_of(sequence);
  const std::uint64_t begin = first.offset() - *column;
  const std::size_t dash = text.substr(begin, *column).rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  return dash;
}

bool is_flow(Node node) {
  if (!node.is_mapping() && !node.is_sequence()) return false;
  const std::string_view text = text_of(node);
  const char open = node.is_mapping() ? '{' : '[';
  return node.offset() < text.size() && text[node.offset()] == open;
}

bool is_shared(Node node) {
  const Document& document = *node.document();
  for (std::uint32_t i = 0; i < document.node_count; ++i) {
    if (i == node.index()) continue;
    const Node other(&document, i);
    if (other.offset() == node.offset() && other.kind() == node.kind()) return true;
  }
  return false;
}

}  // namespace meshcheck
