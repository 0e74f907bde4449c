// Plain and quoted scalars, anchors' names.
#include "document/scalar.h"
#include "input/byte_scan.h"
#include "input/unicode.h"
#include "input/yaml_scanner.h"

namespace meshcheck {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// The character of a one-letter escape, or nothing.
std::string_view escaped_text(char letter) {
  switch (letter) {
    case '0': return {"\0", 1};
    case 'a': return "\a";
    case 'b': return "\b";
    case 't':
    case '\t': return "\t";
    case 'n': return "\n";
    case 'v': return "\v";
    case 'f': return "\f";
    case 'r': return "\r";
    case 'e': return "\x1b";
    case ' ': return " ";
    case '"': return "\"";
    case '\'': return "'";  // Go's: YAML has none such
    case '\\': return "\\";
    case 'N': return "\xC2\x85";
    case '_': return "\xC2\xA0";
    case 'L': return "\xE2\x80\xA8";
    case 'P': return "\xE2\x80\xA9";
    default: return {};
  }
}

// How many hexadecimal digits follow the letter of an escape.
int hex_digits_after(char letter) {
  switch (letter) {
    case 'x': return 2;
    case 'u': return 4;
    case 'U': return 8;
    default: return 0;
  }
}

// Drops the CR and the blanks that end a line; the text before `begin` is another scalar's, what
// ends at `escape_end` was escaped and is content.
void drop_line_end(std::string& text, std::size_t begin, std::size_t escape_end) {
  if (text.size() > begin && text.size() != escape_end && text.back() == '\r') text.pop_back();
  while (text.size() > begin && is_blank(text.back()) && text.size() != escape_end) text.pop_back();
}

}  // namespace

// True where a plain scalar may begin; a tag, an alias or any other indicator is not ours.
bool YamlScanner::plain_start() const {
  switch (*at_) {
    case '-':
    case '?':
    case ':': return !is_blank_or_end(at_ + 1);
    case ',':
    case '[':
    case ']':
    case '{':
    case '}':
    case '#':
    case '&':
    case '*':
    case '!':
    case '|':
    case '>':
    case '\'':
    case '"':
    case '%':
    case '@':
    case '`':
    case '\t': return false;
    default: return true;
  }
}

YamlScanner::PlainRun YamlScanner::plain_run() const {
  PlainRun run;
  const char* stop = at_;
  for (;; ++stop) {
    stop = find_any<':', '\n', '#', '\t'>(stop, end_);
    if (stop >= end_ || *stop == '\n') break;
    if (*stop == '\t') return run;
    if (*stop == ':') {
      if (!is_blank_or_end(stop + 1)) continue;
      run.colon = true;
      break;
    }
    if (stop > at_ && stop[-1] == ' ') {
      run.comment = true;
      break;
    }
  }
  run.stop = stop;
  if (stop > at_ && stop[-1] == '\r') --run.stop;
  run.end = run.stop;
  while (run.end > at_ && run.end[-1] == ' ') --run.end;
  return run;
}

bool YamlScanner::plain_value(const PlainRun& run, std::int64_t parent) {
  const char* const begin = at_;
  const auto length = static_cast<std::size_t>(run.end - begin);
  if (!is_finite_plain({begin, length})) return false;
  if (run.comment) {
    at_ = run.stop - 1;
    if (!finish_line()) return false;
  } else {
    at_ = next_line(run.stop);
    if (!next_content()) return false;
    if (!at_end_ && column() > parent && !after_comment_) {
      at_ = begin;
      return plain_lines(run, parent);
    }
  }
  tree_.plain(offset(begin), offset(begin), static_cast<std::uint32_t>(length));
  return true;
}

// A plain scalar that goes on on further lines.
bool YamlScanner::plain_lines(const PlainRun& first, std::int64_t parent) {
  const char* const begin = at_;
  std::string& text = tree_.decoded();
  const std::size_t start = text.size();
  text.append(begin, first.end);
  PlainRun run = first;
  for (;;) {
    at_ = run.stop;
    if (run.comment) {
      --at_;
      if (!finish_line()) return false;
      break;
    }
    at_ = next_line(at_);
    if (!next_content()) return false;
    if (at_end_ || column() <= parent || after_comment_) break;
    if (breaks_ > 0) {
      text.append(breaks_, '\n');
    } else {
      text += ' ';
    }
    run = plain_run();
    if (run.end == nullptr || run.colon) return false;
    text.append(at_, run.end);
  }
  tree_.decoded_since(offset(begin), start, ScalarStyle::plain);
  return true;
}

// The closing quote of the scalar at at_, if it stands on the same line.
const char* YamlScanner::closing_quote() const {
  const char quote = *at_;
  for (const char* stop = at_ + 1;; ++stop) {
    stop = find_any<'"', '\'', '\\', '\n'>(stop, end_);
    if (stop >= end_ || *stop == '\n') return nullptr;
    if (*stop == '\\') {
      if (quote == '"' && ++stop >= end_) return nullptr;
      if (quote == '"' && *stop == '\n') return nullptr;
    } else if (*stop == quote) {
      if (quote == '"' || peek(stop + 1) != '\'') return stop;
      ++stop;
    }
  }
}

// Leaves at_ after the closing quote.
bool YamlScanner::quoted() {
  const char quote = *at_;
  const char* const begin = at_ + 1;
  const char* const stop =
      quote == '"' ? find_any<'"', '\\', '\n'>(begin, end_) : find_any<'\'', '\n'>(begin, end_);
  if (stop >= end_) return false;
  if (*stop != quote || (quote == '\'' && peek(stop + 1) == '\'')) return quoted_slowly(stop);
  tree_.slice(offset(at_), offset(begin), static_cast<std::uint32_t>(stop - begin),
              quote == '"' ? ScalarStyle::double_quoted : ScalarStyle::single_quoted);
  at_ = stop + 1;
  return true;
}

// A quoted scalar with escapes or over several lines; `from` is the first byte that needs thought.
bool YamlScanner::quoted_slowly(const char* from) {
  const char* const opened = at_;
  const char quote = *opened;
  std::string& text = tree_.decoded();
  const std::size_t begin = text.size();
  text.append(opened + 1, from);
  for (const char* at = from; at != nullptr && at < end_;) {
    if (*at == '\n') {
      at = fold_quoted_break(at, begin, false);
    } else if (*at == '\\' && quote == '"') {
      at = escape(at + 1, begin);
    } else if (*at == quote) {
      if (quote == '"' || peek(at + 1) != '\'') {
        at_ = at + 1;
        tree_.decoded_since(offset(opened), begin,
                            quote == '"' ? ScalarStyle::double_quoted : ScalarStyle::single_quoted);
        return true;
      }
      text += '\'';
      at += 2;
    } else {
      const char* const run = at;
      at = quote == '"' ? find_any<'"', '\\', '\n'>(at, end_) : find_any<'\'', '\n'>(at, end_);
      text.append(run, at);
    }
  }
  return false;
}

// Blanks around a line break are dropped; one break becomes a space, further ones stay. `begin` is
// where the scalar's text begins. Nothing where the text ends or a marker stands on the line.
const char* YamlScanner::fold_quoted_break(const char* at, std::size_t begin, bool escaped) {
  std::string& text = tree_.decoded();
  if (!escaped) drop_line_end(text, begin, escape_end_);
  std::size_t breaks = 0;
  for (const char* line = at + 1;;) {
    line_ = line;
    if (is_marker(line)) return nullptr;
    while (line < end_ && is_blank(*line)) ++line;
    if (line < end_ && *line == '\r') ++line;
    if (line >= end_) return nullptr;
    if (*line != '\n') {
      if (breaks > 0) {
        text.append(breaks, '\n');
      } else if (!escaped) {
        text += ' ';
      }
      return line;
    }
    ++breaks;
    ++line;
  }
}

// `at` is after the backslash.
const char* YamlScanner::escape(const char* at, std::size_t begin) {
  std::string& text = tree_.decoded();
  if (at >= end_) return nullptr;
  if (*at == '\n' || *at == '\r') {
    return fold_quoted_break(*at == '\r' ? at + 1 : at, begin, true);
  }
  const int digits = hex_digits_after(*at);
  if (digits == 0) {
    const std::string_view plain = escaped_text(*at);
    text += plain;
    escape_end_ = text.size();
    return plain.empty() ? nullptr : at + 1;
  }
  const auto code_point = hex_digits(at + 1, end_, digits);
  if (!code_point || *code_point > 0x10FFFF || (*code_point >= 0xD800 && *code_point < 0xE000)) {
    return nullptr;
  }
  append_utf8(*code_point, text);
  escape_end_ = text.size();
  return at + 1 + digits;
}

std::string_view YamlScanner::anchor_name() const {
  const char* stop = at_ + 1;
  while (stop < end_ && is_name(*stop)) ++stop;
  return {at_ + 1, static_cast<std::size_t>(stop - at_ - 1)};
}

}  // namespace meshcheck
