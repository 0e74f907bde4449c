#include "edit/render.h"

#include <optional>

#include <fmt/format.h>

#include "document/json_string.h"
#include "edit/extent.h"

namespace meshcheck {
namespace {

std::string_view source_of(Node node) { return node.document()->source->text; }

// The scalar as it is written where it comes from: quotes and all.
std::string raw_text(Node scalar) {
  const auto end = end_of(scalar);
  const bool block =
      scalar.style() == ScalarStyle::literal || scalar.style() == ScalarStyle::folded;
  if (!end || block) return json_string(scalar.text());
  std::string raw(source_of(scalar).substr(scalar.offset(), *end - scalar.offset()));
  return raw.find_first_of("\r\n") == std::string::npos ? raw : json_string(scalar.text());
}

std::string scalar_text(Node node, const Layout& layout) {
  if (node.is_null()) return "null";
  if (layout.json && node.type() == ScalarType::string) return json_string(node.text());
  return layout.json ? std::string(node.text()) : raw_text(node);
}

bool is_block(Node node) {
  return (node.is_mapping() || node.is_sequence()) && node.size() != 0 && !is_flow(node);
}

// What the first mapping below a key, and the first list, do.
struct Habits {
  std::optional<std::uint64_t> step;
  std::optional<std::uint64_t> list_step;
};

void observe(Node node, Habits& habits) {
  if (is_flow(node) || (habits.step && habits.list_step)) return;
  for (const Entry entry : node.entries()) {
    const auto at = indentation_of(entry.key);
    if (at && is_block(entry.value)) {
      const bool list = entry.value.is_sequence();
      const auto column =
          list ? dash_column(entry.value) : indentation_of((*entry.value.entries().begin()).key);
      auto& habit = list ? habits.list_step : habits.step;
      if (!habit && column && *column >= *at && (list || *column > *at)) habit = *column - *at;
    }
    observe(entry.value, habits);
  }
  for (const Node item : node.items()) observe(item, habits);
}

std::string padding(std::uint64_t columns, const Layout& layout) {
  return std::string(layout.line_break) + std::string(columns, ' ');
}

}  // namespace

Layout layout_of(Node root) {
  Layout layout;
  Habits habits;
  observe(root, habits);
  layout.step = habits.step.value_or(2);
  layout.list_step = habits.list_step.value_or(2);
  return layout;
}

std::string key_text(Node key, const Layout& layout) {
  return layout.json ? json_string(key.text()) : raw_text(key);
}

std::string flow_text(Node node, const Layout& layout) {
  std::string out;
  if (node.is_mapping()) {
    for (const Entry entry : node.entries()) {
      if (entry.value.is_null()) continue;
      if (!out.empty()) out += ", ";
      out += key_text(entry.key, layout) + ": " + flow_text(entry.value, layout);
    }
    return '{' + out + '}';
  }
  if (node.is_sequence()) {
    for (const Node item : node.items()) {
      if (!out.empty()) out += ", ";
      out += flow_text(item, layout);
    }
    return '[' + out + ']';
  }
  // What is plain in a block may end a flow.
  const bool plain = node.style() == ScalarStyle::plain && !layout.json;
  if (plain && node.text().find_first_of(",[]{}") != std::string_view::npos) {
    return json_string(node.text());
  }
  return scalar_text(node, layout);
}

std::string entry_lines(const Entry& entry, std::uint64_t indentation, const Layout& layout) {
  if (entry.value.is_null()) return {};
  std::string out = padding(indentation, layout) + key_text(entry.key, layout) + ':';
  if (!is_block(entry.value)) {
    return out + ' ' +
           (entry.value.is_scalar() ? scalar_text(entry.value, layout)
                                    : flow_text(entry.value, layout));
  }
  const std::uint64_t step = entry.value.is_sequence() ? layout.list_step : layout.step;
  const std::string lines = block_lines(entry.value, indentation + step, layout);
  return out + (lines.empty() ? " {}" : lines);
}

std::string item_lines(Node item, std::uint64_t indentation, const Layout& layout) {
  std::string out = padding(indentation, layout) + "- ";
  if (!is_block(item)) {
    return out + (item.is_scalar() ? scalar_text(item, layout) : flow_text(item, layout));
  }
  const std::string lines = block_lines(item, indentation + 2, layout);
  if (lines.empty()) return out + "{}";
  // Its first line goes behind the dash.
  return out + lines.substr(layout.line_break.size() + indentation + 2);
}

std::string block_lines(Node node, std::uint64_t indentation, const Layout& layout) {
  std::string out;
  for (const Entry entry : node.entries()) out += entry_lines(entry, indentation, layout);
  for (const Node item : node.items()) out += item_lines(item, indentation, layout);
  return out;
}

}  // namespace meshcheck
