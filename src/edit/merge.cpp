#include "edit/merge.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "document/place.h"
#include "edit/embedded.h"
#include "edit/extent.h"
#include "edit/lists.h"
#include "edit/render.h"

namespace meshcheck {
namespace {

// Thrown within this file only, from deep inside a tree.
struct Refusal {
  std::string reason;
};

[[noreturn]] void refuse(Node at, std::string_view reason) {
  throw Refusal{at ? fmt::format("{} (line {})", reason, at.line()) : std::string(reason)};
}

// Filled in later, by a tool or a person.
bool is_placeholder(std::string_view text) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"{{", "{%", "<%", "${", "$("},
      [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; });
}

class Merger {
 public:
  explicit Merger(Node have)
      : text_(have.document()->source->text), layout_(layout_of(have.document()->root())) {
    layout_.line_break = line_break(text_, have.offset());
  }

  void mapping(Node have, Node want);
  std::vector<Edit> take() { return std::move(edits_); }

 private:
  void value(Node parent, Node key, Node have, Node want);
  void list(Node have, Node want, std::string_view field);
  void scalar(Node have, Node want);
  void replace(Node parent, Node key, Node have, Node want);
  void replace_lines(Node key, Node have, Node want);
  void remove(Node mapping, std::string_view name);
  void remove_lines(Node key, Node value);
  void add_entries(Node mapping, const std::vector<Entry>& entries);
  void add_items(Node sequence, const std::vector<Node>& items);
  void insert_flow(Node first, const std::vector<std::string>& parts, std::uint64_t end);

  static std::uint64_t certain_end(Node node);
  static std::uint64_t indentation(Node key);
  static void check_own(Node node);
  std::uint64_t after_colon(Node key) const;
  std::uint64_t end_of_line(std::uint64_t at) const { return line_end(text_, at); }
  std::string_view slice(std::uint64_t begin, std::uint64_t end) const {
    return text_.substr(begin, end - begin);
  }
  Layout layout_for(Node container) const;
  void edit(std::uint64_t begin, std::uint64_t end, std::string text) {
    edits_.push_back({begin, end - begin, std::move(text)});
  }

  std::string_view text_;
  Layout layout_;
  std::vector<Edit> edits_;
};

std::uint64_t Merger::certain_end(Node node) {
  const auto end = end_of(node);
  if (!end) refuse(node, "it is written with an anchor, an alias or a tag");
  return *end;
}

std::uint64_t Merger::indentation(Node key) {
  const auto columns = indentation_of(key);
  if (!columns) refuse(key, "its indentation is not of spaces");
  return *columns;
}

void Merger::check_own(Node node) {
  if (is_shared(node)) refuse(node, "an alias or a merge key repeats it elsewhere");
}

// JSON, or YAML that is written like it.
Layout Merger::layout_for(Node container) const {
  Layout layout = layout_;
  if (!is_flow(container)) return layout;
  Node sample = container;
  if (container.size() == 0 || !container.is_mapping()) sample = container.document()->root();
  const auto entries = sample.entries();
  layout.json = is_flow(sample) && entries.begin() != entries.end() &&
                (*entries.begin()).key.style() == ScalarStyle::double_quoted;
  return layout;
}

std::uint64_t Merger::after_colon(Node key) const {
  std::uint64_t at = certain_end(key);
  while (at < text_.size() && text_[at] == ' ') ++at;
  if (at >= text_.size() || text_[at] != ':') refuse(key, "its key is written as `? key`");
  return at + 1;
}

void Merger::mapping(Node have, Node want) {
  check_own(have);
  std::vector<Entry> missing;
  for (const Entry entry : want.entries()) {
    const std::string_view key = entry.key.text();
    const Node child = have[key];
    if (entry.value.is_null()) {
      if (child) remove(have, key);
    } else if (child) {
      // NOLINTNEXTLINE(readability-suspicious-call-argument)
      value(have, have.key(key), child, entry.value);
    } else {
      missing.push_back(entry);
    }
  }
  if (!missing.empty()) add_entries(have, missing);
}

void Merger::value(Node parent, Node key, Node have, Node want) {
  if (want.is_mapping() && have.is_mapping()) {
    if (have.size() != 0) return mapping(have, want);
    if (want.size() == 0) return;
  }
  if (want.is_mapping() && have.embedded()) {
    auto inner = merge_edits(have.embedded(), want);
    if (!inner) throw Refusal{inner.error().message};
    std::ranges::move(*inner, std::back_inserter(edits_));
    return;
  }
  if (want.is_sequence() && have.is_sequence() && have.size() != 0) {
    if (equal(have, want)) return;
    if (!align(have, want, key.text()).whole) return list(have, want, key.text());
  }
  if (want.is_scalar() && have.is_scalar()) return scalar(have, want);
  if (!equal(have, want)) replace(parent, key, have, want);
}

void Merger::list(Node have, Node want, std::string_view field) {
  check_own(have);
  const Alignment aligned = align(have, want, field);
  std::vector<Node> added;
  std::size_t number = 0;
  for (const Node item : want.items()) {
    const auto place = aligned.items[number++];
    if (!place) {
      // What is merely to be changed would be half an object.
      if (field.ends_with("ontainers") && !item["image"]) {
        refuse(have, fmt::format("there is no container {}", item["name"].text()));
      }
      added.push_back(item);
      continue;
    }
    const Node present = have.at(*place);
    if (item.is_mapping() && present.is_mapping() && present.size() != 0) {
      mapping(present, item);
    } else if (item.is_mapping() && present.is_mapping() && item.size() != 0) {  // `- {}`
      edit(present.offset(), certain_end(present), flow_text(item, layout_for(have)));
    } else if (item.is_scalar() && present.is_scalar()) {
      scalar(present, item);
    } else if (!equal(present, item)) {
      refuse(present, "its items are of another kind");
    }
  }
  if (!added.empty()) add_items(have, added);
}

void Merger::scalar(Node have, Node want) {
  if (have.text() == want.text() && have.type() == want.type()) return;
  check_own(have);
  if (is_placeholder(have.text())) refuse(have, "a template or a variable fills it in");
  if (have.style() == ScalarStyle::literal || have.style() == ScalarStyle::folded) {
    refuse(have, "it is a text of several lines");
  }
  const std::uint64_t end = certain_end(have);
  Layout layout = layout_;
  layout.json = text_[have.offset()] == '"' && layout_for(have.document()->root()).json;
  const bool plain_word = want.text().find_first_of("'\"\\\n\t") == std::string_view::npos;
  // A string keeps the quotes that its place has.
  const bool keeps_quotes = have.style() != ScalarStyle::plain && plain_word &&
                            want.type() == ScalarType::string &&
                            (want.style() == ScalarStyle::plain || !layout.json);
  if (keeps_quotes) {
    const char quote = text_[have.offset()];
    return edit(have.offset(), end, quote + std::string(want.text()) + quote);
  }
  edit(have.offset(), end, flow_text(want, layout));
}

// The value as a whole, where it is none that can be changed in part.
void Merger::replace(Node parent, Node key, Node have, Node want) {
  check_own(parent);
  if (have.is_scalar() && is_placeholder(have.text())) {
    refuse(have, "a template or a variable fills it in");
  }
  const std::uint64_t end = certain_end(have);
  const bool absent = have.is_null() && end == have.offset();
  if (is_flow(parent) || (is_flow(have) && have.size() != 0)) {
    if (absent) return edit(after_colon(key), after_colon(key), ' ' + flow_text(want, layout_));
    return edit(have.offset(), end, flow_text(want, layout_for(is_flow(parent) ? parent : have)));
  }
  const bool lines = (want.is_mapping() || want.is_sequence()) && want.size() != 0;
  const std::uint64_t colon = after_colon(key);
  if (!lines && !(have.is_mapping() || have.is_sequence())) {
    if (absent) return edit(colon, colon, ' ' + flow_text(want, layout_));
    return edit(have.offset(), end, flow_text(want, layout_));
  }
  replace_lines(key, have, want);
}

void Merger::replace_lines(Node key, Node have, Node want) {
  const std::uint64_t colon = after_colon(key);
  const std::uint64_t end = certain_end(have);
  const std::uint64_t line = end_of_line(colon);
  std::string lines;
  if ((want.is_mapping() || want.is_sequence()) && want.size() != 0 && !is_flow(want)) {
    const std::uint64_t step = want.is_sequence() ? layout_.list_step : layout_.step;
    lines = block_lines(want, indentation(key) + step, layout_);
  } else {
    edit(colon, colon, ' ' + flow_text(want, layout_));
  }
  if (end <= line) {  // `key: {}  # why` and `key:`
    if (have.offset() < end) edit(colon, end, "");
    return edit(line, line, std::move(lines));
  }
  if (have.offset() < line) refuse(have, "it is a text of several lines");
  edit(line, end_of_line(end), std::move(lines));
}

void Merger::remove(Node mapping, std::string_view name) {
  check_own(mapping);
  const Node key = mapping.key(name);
  const Node gone = mapping[name];
  if (mapping.size() < 2) {
    // A mapping without entries is another thing than this one without a value.
    if (gone.is_scalar()) return edit(gone.offset(), certain_end(gone), "null");
    refuse(mapping, fmt::format("nothing would be left beside {}", name));
  }
  if (!is_flow(mapping)) return remove_lines(key, gone);
  Node before;
  Node after;
  for (const Entry entry : mapping.entries()) {
    if (entry.key.offset() < key.offset()) before = entry.value;
    if (entry.key.offset() > key.offset() && !after) after = entry.key;
  }
  if (after) return edit(key.offset(), after.offset(), "");
  edit(certain_end(before), certain_end(gone), "");
}

void Merger::remove_lines(Node key, Node value) {
  const std::uint64_t begin = line_begin(text_, 0, key.offset());
  if (slice(begin, key.offset()).find('-') != std::string_view::npos) {
    refuse(key, "it shares its line with the dash of a list");
  }
  indentation(key);
  std::uint64_t end = end_of_line(std::max(certain_end(value), after_colon(key)));
  if (end < text_.size() && text_[end] == '\r') ++end;
  if (end < text_.size() && text_[end] == '\n') return edit(begin, end + 1, "");
  // The last line of a file that ends without a break takes the one before with it.
  if (begin == 0) refuse(key, "nothing would be left");
  std::uint64_t start = begin - 1;
  if (start > 0 && text_[start - 1] == '\r') --start;
  edit(start, end, "");
}

void Merger::add_entries(Node mapping, const std::vector<Entry>& entries) {
  const std::uint64_t end = certain_end(mapping);
  if (is_flow(mapping)) {
    const Layout layout = layout_for(mapping);
    std::vector<std::string> parts;
    for (const Entry& entry : entries) {
      parts.push_back(key_text(entry.key, layout) + ": " + flow_text(entry.value, layout));
    }
    const auto present = mapping.entries();
    const Node first = mapping.size() == 0 ? Node{} : (*present.begin()).key;
    std::uint64_t last = mapping.offset() + 1;
    for (const Entry entry : present)
      last = std::max(certain_end(entry.key), certain_end(entry.value));
    return insert_flow(first, parts, last);
  }
  const std::uint64_t columns = indentation((*mapping.entries().begin()).key);
  std::string lines;
  for (const Entry& entry : entries) lines += entry_lines(entry, columns, layout_);
  const std::uint64_t line = end_of_line(end);
  edit(line, line, std::move(lines));
}

void Merger::add_items(Node sequence, const std::vector<Node>& items) {
  const std::uint64_t end = certain_end(sequence);
  if (is_flow(sequence)) {
    const Layout layout = layout_for(sequence);
    std::vector<std::string> parts;
    for (const Node item : items) parts.push_back(flow_text(item, layout));
    std::uint64_t last = sequence.offset() + 1;
    for (const Node item : sequence.items()) last = certain_end(item);
    return insert_flow(sequence.at(0), parts, last);
  }
  const auto columns = dash_column(sequence);
  if (!columns) refuse(sequence, "its indentation is not of spaces");
  std::string lines;
  for (const Node item : items) lines += item_lines(item, *columns, layout_);
  const std::uint64_t line = end_of_line(end);
  edit(line, line, std::move(lines));
}

// Behind the last child, which ends at `end`; on lines of their own where the first child is.
void Merger::insert_flow(Node first, const std::vector<std::string>& parts, std::uint64_t end) {
  std::string joint = ", ";
  if (first) {
    const std::uint64_t begin = line_begin(text_, 0, first.offset());
    const std::string_view before = slice(begin, first.offset());
    if (before.find_first_not_of(" \t") == std::string_view::npos) {
      joint = "," + std::string(layout_.line_break) + std::string(before);
    }
  }
  std::string text;
  for (const std::string& part : parts) {
    if (first || !text.empty()) text += joint;
    text += part;
  }
  edit(end, end, std::move(text));
}

}  // namespace

Result<std::vector<Edit>> merge_edits(Node have, Node want) {
  try {
    if (!have.is_mapping() || have.size() == 0)
      return fail("", "nothing stands there to be merged with");
    Merger merger(have);
    merger.mapping(have, want);
    std::vector<Edit> edits = merger.take();
    if (have.document()->host == nullptr) return edits;
    return outer_edits(*have.document(), std::move(edits));
  } catch (const Refusal& refusal) {
    return fail("", refusal.reason);
  }
}

}  // namespace meshcheck
