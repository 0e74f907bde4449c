// Flow collections: `[a, b]` and `{a: b}`. Indentation means nothing in them. Where libyaml 0.2.5
// and Go differ (`2001:db8::,`), this is Go's reading.
#include "document/scalar.h"
#include "input/byte_scan.h"
#include "input/yaml_scanner.h"

namespace meshcheck {

namespace {

constexpr std::ptrdiff_t kKeyLimit = 1000;

bool is_flow_indicator(char c) { return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'; }

}  // namespace

bool YamlScanner::flow() {
  if (depth_ >= limits_.depth || tree_.size() >= limits_.nodes) return false;
  ++depth_;
  const bool is_mapping = *at_ == '{';
  auto open = tree_.open(is_mapping ? NodeKind::mapping : NodeKind::sequence, offset(at_), true);
  ++at_;
  if (!(is_mapping ? flow_mapping(open) : flow_sequence(open))) return false;
  tree_.close(open);
  --depth_;
  return true;
}

bool YamlScanner::flow_sequence(TreeBuilder::Open& open) {
  if (!flow_separation()) return false;
  for (bool closed = take(']'); !closed;) {
    ++open.count;
    if (!flow_value() || !flow_next(']', closed)) return false;
  }
  return true;
}

bool YamlScanner::flow_mapping(TreeBuilder::Open& open) {
  if (!flow_separation()) return false;
  for (bool closed = take('}'); !closed;) {
    if (!flow_key(open)) return false;
    if (!flow_separation()) return false;
    if (*at_ == ',' || *at_ == '}') {
      tree_.null(offset(at_));
    } else if (!flow_value()) {
      return false;
    }
    if (!flow_next('}', closed)) return false;
  }
  return true;
}

// Past the comma or the closing bracket, to what follows.
bool YamlScanner::flow_next(char close, bool& closed) {
  if (!flow_separation()) return false;
  if (*at_ == ',') {
    ++at_;
    if (!flow_separation()) return false;
    if (*at_ != close) return true;
  }
  if (*at_ != close) return false;
  ++at_;
  closed = true;
  return true;
}

bool YamlScanner::flow_key(TreeBuilder::Open& open) {
  const char* const begin = at_;
  if (*at_ == '"' || *at_ == '\'') {
    if (closing_quote() == nullptr || !quoted()) return false;
    skip_spaces();
  } else {
    if (!flow_plain()) return false;
    const RawNode& raw = tree_.last();
    if (static_cast<NodeKind>(raw.kind) != NodeKind::scalar) return false;
    if (!is_plain_key(tree_.text(raw))) return false;
    skip_spaces();
    // A key without a value: `{a}`, and `{a:}`, as a colon ends a text before a blank only.
    if (peek(at_) == ',' || peek(at_) == '}') return tree_.key(open), at_ - begin <= kKeyLimit;
    if (!is_blank_or_end(at_ + 1)) return false;
  }
  if (peek(at_) != ':' || at_ - begin > kKeyLimit) return false;
  tree_.key(open);
  ++at_;
  return true;
}

bool YamlScanner::flow_value() {
  switch (*at_) {
    case '[':
    case '{': return flow();
    case '"':
    case '\'': return quoted() && peek(at_) != ':';
    case '*': return alias();
    default: return flow_plain();
  }
}

// What ends the plain scalar at at_; nothing for what the scanner does not judge.
const char* YamlScanner::flow_plain_stop() const {
  for (const char* stop = at_;; ++stop) {
    stop = find_any<',', '[', ']', '{', '}', ':', '#', '\n', '\r', '\t', '?'>(stop, end_);
    if (stop >= end_) return nullptr;
    if (*stop == '?' || *stop == '\t' || *stop == '[' || *stop == '{') return nullptr;
    if (*stop == ':' && !is_blank_or_end(stop + 1)) continue;
    if (*stop == '#' && stop[-1] != ' ') continue;
    return stop;
  }
}

// A plain scalar on one line. Leaves at_ after it.
bool YamlScanner::flow_plain() {
  if (!plain_start() || *at_ == ':' || *at_ == '?') return false;
  if (*at_ == '-' && (is_blank_or_end(at_ + 1) || is_flow_indicator(at_[1]))) return false;
  const char* const stop = flow_plain_stop();
  if (stop == nullptr) return false;
  const char* last = stop;
  while (last > at_ && last[-1] == ' ') --last;
  if (!is_finite_plain({at_, static_cast<std::size_t>(last - at_)})) return false;
  tree_.plain(offset(at_), offset(at_), static_cast<std::uint32_t>(last - at_));
  at_ = last;
  if (*stop == '\n' || *stop == '\r' || *stop == '#') {
    // Text on the next line would belong to this scalar.
    at_ = stop;
    if (!flow_separation()) return false;
    return is_flow_indicator(*at_) && *at_ != '[' && *at_ != '{';
  }
  return true;
}

// Blanks, line ends and comments; false at the document's end.
bool YamlScanner::flow_separation() {
  for (;;) {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
    if (at_ >= end_) return false;
    if (*at_ == '#') {
      if (at_[-1] != ' ' && at_ != line_) return false;
      at_ = next_line(at_);
    } else if (*at_ == '\n' || *at_ == '\r') {
      at_ = next_line(at_);
    } else {
      return true;
    }
    line_ = at_;
    if (is_marker(at_) || peek(at_) == '%') return false;
  }
}

}  // namespace meshcheck
