#include "input/yaml_scanner.h"

#include <cstring>

#include "input/reading.h"

namespace meshcheck {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

ReadResult scan_yaml(std::string_view text, std::uint64_t begin, std::uint64_t end,
                     const ParseLimits& limits, TreeBuilder& tree) {
  bool empty = false;
  if (!YamlScanner(text, begin, end, limits, tree).run(empty)) {
    return {ReadResult::Outcome::declined, {}};
  }
  return {empty ? ReadResult::Outcome::empty : ReadResult::Outcome::tree, {}};
}

bool YamlScanner::run(bool& empty) {
  const std::string_view all(at_, static_cast<std::size_t>(end_ - at_));
  if (all.starts_with(kByteOrderMark)) line_ = at_ += kByteOrderMark.size();
  if (!open_document()) return false;
  if (at_end_) {
    // `...` or a second marker with nothing before it is beyond us.
    empty = at_ == end_;
    return empty;
  }
  return node(-1, true) && at_end_;
}

// To the first content, past a `---` of its own line.
bool YamlScanner::open_document() {
  if (!next_content()) return false;
  if (!at_end_ || at_ == end_) return true;
  if (*at_ != '-') return false;
  at_ += 3;
  skip_spaces();
  if (!is_line_end(at_) && *at_ != '#') return false;
  at_end_ = false;
  at_ = next_line(at_);
  return next_content();
}

// The begin of the line after the one that holds `at`.
const char* YamlScanner::next_line(const char* at) const {
  const void* feed = std::memchr(at, '\n', static_cast<std::size_t>(end_ - at));
  return feed == nullptr ? end_ : static_cast<const char*>(feed) + 1;
}

bool YamlScanner::is_marker(const char* at) const {
  if (end_ - at < 3 || (*at != '-' && *at != '.')) return false;
  return at[1] == *at && at[2] == *at && is_blank_or_end(at + 3);
}

// From the begin of a line to the first content on it or after it. False for a tab in the
// indentation.
bool YamlScanner::next_content() {
  after_comment_ = false;
  breaks_ = 0;
  for (;;) {
    line_ = at_;
    skip_spaces();
    if (at_ >= end_) break;
    if (*at_ == '\n') {
      ++breaks_;
      ++at_;
    } else if (*at_ == '\r') {
      ++breaks_;
      at_ += 2;
    } else if (*at_ == '#') {
      after_comment_ = true;
      at_ = next_line(at_);
    } else {
      at_end_ = at_ == line_ && is_marker(at_);
      return *at_ != '\t' && (at_ != line_ || *at_ != '%');
    }
  }
  at_ = line_ = end_;
  at_end_ = true;
  return true;
}

// From just after a node to the next content; only blanks and a comment may lie between.
bool YamlScanner::finish_line() {
  const char* const node_end = at_;
  skip_spaces();
  if (is_line_end(at_)) {
    at_ = next_line(at_);
    return next_content();
  }
  if (*at_ != '#' || at_ == node_end) return false;
  at_ = next_line(at_);
  if (!next_content()) return false;
  after_comment_ = true;
  return true;
}

}  // namespace meshcheck
