// Block scalars: `|` and `>`.
#include <algorithm>
#include <cstring>

#include "input/yaml_scanner.h"

namespace meshcheck {

// `parent` is the column of the enclosing collection.
bool YamlScanner::block_scalar(std::int64_t parent) {
  const char* const begin = at_;
  const bool folded = *at_ == '>';
  std::int64_t indentation = 0;
  char chomping = ' ';
  if (!block_header(indentation, chomping)) return false;
  if (indentation > 0) {
    indentation += parent;
  } else if (!block_indentation(parent, indentation)) {
    return false;
  }
  std::string& text = tree_.decoded();
  const std::size_t start = text.size();
  std::size_t breaks = 0;
  at_ = block_lines(indentation, folded, breaks);
  if (at_ == nullptr) return false;
  const bool has_lines = text.size() > start;
  if (has_lines && chomping != '-') text += '\n';
  if (chomping == '+') text.append(breaks, '\n');
  tree_.decoded_since(offset(begin), start, folded ? ScalarStyle::folded : ScalarStyle::literal);
  return next_content();
}

// `|`, then a digit and `+` or `-` in any order, then nothing but a comment. Leaves at_ on the next
// line.
bool YamlScanner::block_header(std::int64_t& indentation, char& chomping) {
  ++at_;
  for (int i = 0; i < 2 && at_ < end_; ++i) {
    if ((*at_ == '-' || *at_ == '+') && chomping == ' ') {
      chomping = *at_++;
    } else if (*at_ >= '1' && *at_ <= '9' && indentation == 0) {
      indentation = *at_++ - '0';
    }
  }
  const char* const after = at_;
  skip_spaces();
  if (!is_line_end(at_) && (*at_ != '#' || at_ == after)) return false;
  at_ = next_line(at_);
  return true;
}

// The indentation of the first line with text. False where blank lines before it are wider, which
// libyaml counts.
bool YamlScanner::block_indentation(std::int64_t parent, std::int64_t& indentation) const {
  std::int64_t widest = 0;
  for (const char* line = at_; line < end_;) {
    const char* at = line;
    while (at < end_ && *at == ' ') ++at;
    if (at < end_ && *at == '\t') return false;
    if (!is_line_end(at)) {
      indentation = at - line;
      break;
    }
    widest = std::max<std::int64_t>(widest, at - line);
    line = next_line(at);
  }
  indentation = std::max(indentation, parent + 1);
  return widest <= indentation && indentation > 0;
}

// Appends the lines without their last break; `breaks` counts the blank lines after them. Returns
// the begin of the first line that is not part of the scalar; nothing for a tab in the indentation.
const char* YamlScanner::block_lines(std::int64_t indentation, bool folded, std::size_t& breaks) {
  std::string& text = tree_.decoded();
  bool first = true;
  bool after_blank = false;  // the line before begins with a blank: it is not folded
  const char* line = at_;
  while (line < end_) {
    const char* at = line;
    const char* const limit = end_ - line < indentation ? end_ : line + indentation;
    while (at < limit && *at == ' ') ++at;
    if (is_line_end(at)) {
      ++breaks;
      line = next_line(at);
      continue;
    }
    if (at < limit) {
      if (*at == '\t') return nullptr;
      break;
    }
    const void* const feed = std::memchr(at, '\n', static_cast<std::size_t>(end_ - at));
    const char* stop = feed == nullptr ? end_ : static_cast<const char*>(feed);
    line = feed == nullptr ? end_ : stop + 1;
    if (feed != nullptr && stop[-1] == '\r') --stop;
    const bool blank = *at == ' ' || *at == '\t';
    if (!first && folded && !blank && !after_blank) {
      if (breaks == 0) text += ' ';
    } else if (!first) {
      text += '\n';
    }
    text.append(breaks, '\n').append(at, stop);
    breaks = 0;
    first = false;
    after_blank = blank;
  }
  return line;
}

}  // namespace meshcheck
