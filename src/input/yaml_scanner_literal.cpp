// Block scalars: `|` and `>`.
#include <algorithm>
#include <cstring>

#include "input/yaml_scanner.h"

namespace meshcheck {

namespace {

// The text from `at` to the end of its line; `next` is set to the begin of the next.
std::string_view rest_of_line(const char* at, const char* end, const char*& next) {
  const void* const feed = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
  const char* stop = feed == nullptr ? end : static_cast<const char*>(feed);
  next = feed == nullptr ? end : stop + 1;
  if (feed != nullptr && stop[-1] == '\r') --stop;
  return {at, static_cast<std::size_t>(stop - at)};
}

// Ends the line before; `breaks` blank lines, which the caller appends, follow it.
void append_line_break(std::string& text, bool folds, std::size_t breaks) {
  if (!folds) {
    text += '\n';
  } else if (breaks == 0) {
    text += ' ';
  }
}

}  // namespace

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
    const std::string_view content = rest_of_line(at, end_, line);
    const bool blank = *at == ' ' || *at == '\t';
    if (!first) append_line_break(text, folded && !blank && !after_blank, breaks);
    text.append(breaks, '\n').append(content);
    breaks = 0;
    first = false;
    after_blank = blank;
  }
  return line;
}

}  // namespace meshcheck
