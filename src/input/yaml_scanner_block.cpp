// Block mappings and sequences.
#include <cstring>

#include "document/scalar.h"
#include "input/yaml_scanner.h"

namespace meshcheck {

namespace {

// libyaml gives up on a key after 1024 characters; bytes are at least as many.
constexpr std::size_t kKeyLimit = 1000;
// Shorter texts are numbers of at most 64 bits, whatever their base.
constexpr std::size_t kNumberLimit = 18;

}  // namespace

bool YamlScanner::node(std::int64_t parent, bool fresh) {
  if (depth_ >= limits_.depth || tree_.size() >= limits_.nodes) return false;
  ++depth_;
  const bool accepted = node_at(parent, fresh);
  --depth_;
  return accepted;
}

bool YamlScanner::node_at(std::int64_t parent, bool fresh) {
  switch (*at_) {
    case '-':
      if (is_item(at_)) return fresh && sequence(column());
      break;
    case '"':
    case '\'': return quoted_node(fresh);
    case '[':
    case '{': return flow_node();
    case '|':
    case '>': return parent >= 0 && block_scalar(parent);
    case '&': return anchored_node(parent);
    case '*': return alias() && finish_line();
    default: break;
  }
  return plain_node(parent, fresh);
}

bool YamlScanner::plain_node(std::int64_t parent, bool fresh) {
  if (!plain_start()) return false;
  const PlainRun run = plain_run();
  if (run.end == nullptr) return false;
  if (run.colon) return fresh && mapping(column(), run);
  return parent >= 0 && plain_value(run, parent);
}

bool YamlScanner::quoted_node(bool fresh) {
  if (const char* closing = closing_quote()) {
    const char* after = closing + 1;
    while (after < end_ && *after == ' ') ++after;
    if (after < end_ && *after == ':') {
      return fresh && is_blank_or_end(after + 1) && quoted_mapping(column());
    }
  }
  return quoted() && finish_line();
}

bool YamlScanner::flow_node() { return flow() && finish_line(); }

bool YamlScanner::anchored_node(std::int64_t parent) {
  const char* const begin = at_;
  const std::string_view name = anchor_name();
  if (name.empty() || parent < 0) return false;
  at_ += 1 + name.size();
  if (at_ >= end_ || !is_blank_or_end(at_) || *at_ == '\t') return false;
  skip_spaces();
  const std::uint32_t index = tree_.size();
  tree_.anchor(name);
  bool accepted = false;
  if (is_line_end(at_)) {
    at_ = next_line(at_);
    if (!next_content() || at_end_) return false;
    if (column() <= parent || *at_ == '&' || *at_ == '*') return false;
    accepted = node(parent, true);
  } else {
    if (*at_ == '&' || *at_ == '*' || *at_ == '#' || *at_ == '!') return false;
    accepted = node(parent, false);
  }
  if (!accepted) return false;
  tree_.nodes()[index].offset = offset(begin);
  return true;
}

// Leaves at_ after the name.
bool YamlScanner::alias() {
  const char* const begin = at_;
  const std::string_view name = anchor_name();
  at_ += 1 + name.size();
  const bool ends = is_blank_or_end(at_) || *at_ == ',' || *at_ == ']' || *at_ == '}';
  return !name.empty() && ends &&
         tree_.alias(offset(begin), name) == TreeBuilder::AliasResult::known;
}

bool YamlScanner::mapping(std::int64_t column, const PlainRun& first_key) {
  auto open = tree_.open(NodeKind::mapping, offset(at_), false);
  return plain_key(first_key, open) && mapping_rest(column, open);
}

bool YamlScanner::quoted_mapping(std::int64_t column) {
  auto open = tree_.open(NodeKind::mapping, offset(at_), false);
  return quoted_key(open) && mapping_rest(column, open);
}

// From the first value of a mapping on.
bool YamlScanner::mapping_rest(std::int64_t column, TreeBuilder::Open& open) {
  for (;;) {
    if (!mapping_value(column)) return false;
    if (at_end_ || this->column() < column) break;
    if (this->column() > column || is_item(at_)) return false;
    if (!key(open)) return false;
  }
  tree_.close(open);
  return true;
}

bool YamlScanner::key(TreeBuilder::Open& open) {
  if (*at_ == '"' || *at_ == '\'') return quoted_key(open);
  if (!plain_start()) return false;
  const PlainRun run = plain_run();
  return run.end != nullptr && run.colon && plain_key(run, open);
}

// False for what Go refuses as a key, or may refuse: null, and integers that need more than 63
// bits.
bool YamlScanner::is_plain_key(std::string_view text) {
  if (text.empty() || text.size() > kKeyLimit) return false;
  if (text.size() <= 4) return !is_null_text(text);
  if (text.size() < kNumberLimit || text.front() < '0' || text.front() > '9') return true;
  return text.find_first_not_of("0123456789abcdefABCDEFoxOX_") != std::string_view::npos;
}

// Both leave at_ after the colon.
bool YamlScanner::plain_key(const PlainRun& run, TreeBuilder::Open& open) {
  const std::string_view text(at_, static_cast<std::size_t>(run.end - at_));
  if (!is_plain_key(text)) return false;
  tree_.slice(offset(at_), offset(at_), static_cast<std::uint32_t>(text.size()),
              ScalarStyle::plain);
  tree_.key(open);
  at_ = run.stop + 1;
  return true;
}

bool YamlScanner::quoted_key(TreeBuilder::Open& open) {
  const char* const closing = closing_quote();
  if (closing == nullptr || closing - at_ > std::ptrdiff_t{kKeyLimit} || !quoted()) return false;
  tree_.key(open);
  skip_spaces();
  if (peek(at_) != ':' || !is_blank_or_end(at_ + 1)) return false;
  ++at_;
  return true;
}

// `column` is that of the mapping's keys.
bool YamlScanner::mapping_value(std::int64_t column) {
  const char* const after_colon = at_;
  skip_spaces();
  const bool comment = peek(at_) == '#' && at_ != after_colon;
  if (!comment && !is_line_end(at_)) return *at_ != '\t' && node(column, false);
  at_ = next_line(at_);
  if (!next_content()) return false;
  if (!at_end_ && this->column() > column) return node(column, true);
  if (!at_end_ && this->column() == column && is_item(at_)) return node(column, true);
  tree_.null(offset(after_colon));
  return true;
}

bool YamlScanner::sequence(std::int64_t column) {
  auto open = tree_.open(NodeKind::sequence, offset(at_), false);
  do {
    ++open.count;
    const char* const after_dash = ++at_;
    skip_spaces();
    const bool comment = peek(at_) == '#' && at_ != after_dash;
    if (!comment && !is_line_end(at_)) {
      if (*at_ == '\t' || !node(column, true)) return false;
      continue;
    }
    at_ = next_line(at_);
    if (!next_content()) return false;
    if (at_end_ || this->column() <= column) {
      tree_.null(offset(after_dash));
    } else if (!node(column, true)) {
      return false;
    }
  } while (!at_end_ && this->column() == column && is_item(at_));
  tree_.close(open);
  return at_end_ || this->column() <= column;
}

}  // namespace meshcheck
