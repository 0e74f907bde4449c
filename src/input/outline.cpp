#include "input/outline.h"

#include <algorithm>

#include "document/extent.h"

namespace meshcheck {
namespace {

bool is_container(const RawNode& raw) {
  const auto kind = static_cast<NodeKind>(raw.kind);
  return kind == NodeKind::mapping || kind == NodeKind::sequence;
}

}  // namespace

Outline::Outline(const Document& document) : document_(document) {
  if (document.node_count != 0) walk(0, Role::root);
}

std::uint32_t Outline::after(std::uint32_t node) const {
  const RawNode& raw = document_.nodes[node];
  return is_container(raw) ? raw.a : node + 1;
}

// An alias stands behind what it copies, so a copy is what lies before the node that came last.
void Outline::walk(std::uint32_t node, Role role) {
  const RawNode& raw = document_.nodes[node];
  const std::uint64_t last = marks_.empty() ? 0 : marks_.back().offset;
  if (marks_.empty() || raw.offset >= last) {
    marks_.push_back({raw.offset, node, role});
    const std::string_view text = document_.source->text;
    const auto style = static_cast<ScalarStyle>(raw.style);
    if (static_cast<NodeKind>(raw.kind) == NodeKind::scalar && style != ScalarStyle::plain) {
      const bool block = style == ScalarStyle::literal || style == ScalarStyle::folded;
      const auto begin = skip_properties(text, raw.offset);
      if (block) {
        const Block lines = block_of(document_, raw);
        texts_.push_back({lines.first_line, block_end(text, lines)});
      } else if (begin < text.size()) {
        texts_.push_back({begin, quoted_end(text, begin)});
      }
    }
  }
  if (!is_container(raw)) return;
  const bool mapping = static_cast<NodeKind>(raw.kind) == NodeKind::mapping;
  bool key = true;
  for (std::uint32_t child = node + 1; child < raw.a; child = after(child)) {
    const Role entry = key ? Role::key : Role::value;
    walk(child, mapping ? entry : Role::item);
    key = !key;
  }
}

bool Outline::in_text(std::uint64_t offset) const {
  const auto next = std::ranges::upper_bound(texts_, offset, {}, &Range::begin);
  return next != texts_.begin() && offset < std::prev(next)->end;
}

bool Outline::before_first_node(std::uint64_t offset) const {
  return !marks_.empty() && offset < marks_.front().offset;
}

bool Outline::next(std::uint64_t offset, Range& range) const {
  auto mark = std::ranges::lower_bound(marks_, offset, {}, &Mark::offset);
  if (mark == marks_.end()) return false;
  // A mapping or a list in block style begins with its first entry, and that is meant; an item of a
  // list is meant as a whole.
  while (mark->role != Role::item && mark->role != Role::key) {
    const RawNode& raw = document_.nodes[mark->node];
    const auto first = std::next(mark);
    if (raw.flow || !is_container(raw) || first == marks_.end() || first->node != mark->node + 1) {
      break;
    }
    mark = first;
  }
  range.begin = mark->offset;
  const std::uint32_t end = after(mark->role == Role::key ? after(mark->node) : mark->node);
  const auto follower = std::ranges::lower_bound(marks_, end, {}, &Mark::node);
  range.end = follower == marks_.end() ? document_.end : follower->offset;
  return true;
}

}  // namespace meshcheck
