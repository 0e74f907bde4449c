// Strict JSON (RFC 8259) into the same tree as YAML. Our own, because nlohmann copies every string
// and cannot say where a value begins.
#include <cstring>

#include <fmt/format.h>

#include "input/reading.h"
#include "input/unicode.h"

namespace meshcheck {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class JsonReader {
 public:
  JsonReader(std::string_view text, std::uint64_t begin, std::uint64_t end,
             const ParseLimits& limits, TreeBuilder& tree)
      : base_(text.data()), at_(base_ + begin), end_(base_ + end), limits_(limits), tree_(tree) {}

  ReadResult run() {
    skip_space();
    if (at_ == end_) return {};
    if (value(0)) {
      skip_space();
      if (at_ != end_) fail(at_, "unexpected text after the JSON value");
    }
    if (!error_.message.empty()) return {ReadResult::Outcome::error, std::move(error_)};
    return {ReadResult::Outcome::tree, {}};
  }

 private:
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - base_); }

  bool fail(const char* at, std::string message) {
    const bool comment =
        at < end_ &&
        (*at == '#' || (*at == '/' && at + 1 < end_ && (at[1] == '/' || at[1] == '*')));
    if (comment) message = "JSON has no comments";
    error_ = {std::move(message), offset(at)};
    return false;
  }

  bool fail_end(const char* opened, char bracket) {
    return fail(opened, fmt::format("the `{}` that opens here is never closed", bracket));
  }

  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool value(std::uint32_t depth) {
    if (tree_.size() >= limits_.nodes) return fail(at_, "the document has too many nodes");
    switch (*at_) {
      case '{': return object(depth + 1);
      case '[': return array(depth + 1);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: break;
    }
    if (*at_ == '-' || is_digit(*at_)) return number();
    if (*at_ == '\'') return fail(at_, "JSON strings stand in double quotes");
    return fail(at_, "expected a JSON value");
  }

  bool object(std::uint32_t depth) {
    const char* const opened = at_++;
    if (depth > limits_.depth) return fail(opened, "nested too deeply");
    auto mapping = tree_.open(NodeKind::mapping, offset(opened), true);
    skip_space();
    if (at_ < end_ && *at_ == '}') return ++at_, tree_.close(mapping), true;
    for (;;) {
      if (!key(opened, mapping) || !value(depth)) return false;
      skip_space();
      if (at_ == end_) return fail_end(opened, '{');
      if (*at_ == '}') return ++at_, tree_.close(mapping), true;
      if (*at_ != ',') return fail(at_, "expected `,` or `}`");
      ++at_;
    }
  }

  // A key and its colon; leaves at_ on the value.
  bool key(const char* opened, TreeBuilder::Open& mapping) {
    skip_space();
    if (at_ == end_) return fail_end(opened, '{');
    if (*at_ == '}') return fail(at_, "a comma before `}` is not JSON");
    if (*at_ != '"') return fail(at_, "expected a key in double quotes");
    if (!string()) return false;
    tree_.key(mapping);
    skip_space();
    if (at_ == end_) return fail_end(opened, '{');
    if (*at_ != ':') return fail(at_, "expected `:` after the key");
    ++at_;
    skip_space();
    return at_ != end_ || fail_end(opened, '{');
  }

  bool array(std::uint32_t depth) {
    const char* const opened = at_++;
    if (depth > limits_.depth) return fail(opened, "nested too deeply");
    auto sequence = tree_.open(NodeKind::sequence, offset(opened), true);
    skip_space();
    if (at_ < end_ && *at_ == ']') return ++at_, tree_.close(sequence), true;
    for (;;) {
      skip_space();
      if (at_ == end_) return fail_end(opened, '[');
      if (*at_ == ']') return fail(at_, "a comma before `]` is not JSON");
      ++sequence.count;
      if (!value(depth)) return false;
      skip_space();
      if (at_ == end_) return fail_end(opened, '[');
      if (*at_ == ']') return ++at_, tree_.close(sequence), true;
      if (*at_ != ',') return fail(at_, "expected `,` or `]`");
      ++at_;
    }
  }

  bool word(std::string_view expected) {
    const std::string_view rest{at_, static_cast<std::size_t>(end_ - at_)};
    if (!rest.starts_with(expected)) return fail(at_, "expected a JSON value");
    tree_.plain(offset(at_), offset(at_), static_cast<std::uint32_t>(expected.size()));
    at_ += expected.size();
    return true;
  }

  bool number() {
    const char* const begin = at_;
    if (*at_ == '-') ++at_;
    if (at_ == end_ || !is_digit(*at_)) return fail(begin, "`-` is no number");
    if (*at_ == '0' && at_ + 1 < end_ && is_digit(at_[1])) {
      return fail(begin, "a JSON number has no leading zero");
    }
    skip_digits();
    if (at_ < end_ && *at_ == '.') {
      ++at_;
      if (skip_digits() == 0) return fail(begin, "a JSON number needs a digit after its point");
    }
    if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ < end_ && (*at_ == '-' || *at_ == '+')) ++at_;
      if (skip_digits() == 0) return fail(begin, "a JSON number needs a digit in its exponent");
    }
    tree_.plain(offset(begin), offset(begin), static_cast<std::uint32_t>(at_ - begin));
    return true;
  }

  std::ptrdiff_t skip_digits() {
    const char* const begin = at_;
    while (at_ < end_ && is_digit(*at_)) ++at_;
    return at_ - begin;
  }

  // Moves to the byte that ends the plain run of a string: a quote, an escape or a control.
  void skip_string_run() {
    while (at_ < end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) {
      ++at_;
    }
  }

  bool string() {
    const char* const opened = at_++;
    skip_string_run();
    if (at_ < end_ && *at_ == '"') {
      tree_.slice(offset(opened), offset(opened + 1), static_cast<std::uint32_t>(at_ - opened - 1),
                  ScalarStyle::double_quoted);
      ++at_;
      return true;
    }
    std::string& decoded = tree_.decoded();
    const std::size_t decoded_begin = decoded.size();
    const char* run = opened + 1;
    for (;;) {
      decoded.append(run, at_);
      if (at_ == end_ || *at_ == '\n')
        return fail(opened, "the quote that opens here is never closed");
      if (*at_ == '"') break;
      if (*at_ != '\\') return fail(at_, "a control character in a string must be escaped");
      if (!escape(decoded)) return false;
      run = at_;
      skip_string_run();
    }
    ++at_;
    tree_.decoded_since(offset(opened), decoded_begin, ScalarStyle::double_quoted);
    return true;
  }

  bool escape(std::string& decoded) {
    const char* const begin = at_++;
    const char letter = at_ < end_ ? *at_++ : '\0';
    switch (letter) {
      case '"':
      case '\\':
      case '/': decoded += letter; return true;
      case 'b': decoded += '\b'; return true;
      case 'f': decoded += '\f'; return true;
      case 'n': decoded += '\n'; return true;
      case 'r': decoded += '\r'; return true;
      case 't': decoded += '\t'; return true;
      case 'u': return unicode_escape(begin, decoded);
      default: return fail(begin, "unknown escape in a string");
    }
  }

  bool unicode_escape(const char* begin, std::string& decoded) {
    auto first = hex_digits(at_, end_, 4);
    if (!first) return fail(begin, "`\\u` needs four hexadecimal digits");
    at_ += 4;
    if (*first >= 0xD800 && *first < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      const auto second = hex_digits(at_ + 2, end_, 4);
      if (second && *second >= 0xDC00 && *second < 0xE000) {
        first = 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
        at_ += 6;
      }
    }
    // Half a surrogate pair reads as U+FFFD, as in Go's encoding/json.
    append_utf8(*first >= 0xD800 && *first < 0xE000 ? 0xFFFD : *first, decoded);
    return true;
  }

  const char* base_;
  const char* at_;
  const char* end_;
  const ParseLimits& limits_;
  TreeBuilder& tree_;
  ReadError error_;
};

}  // namespace

ReadResult read_json(std::string_view text, std::uint64_t begin, std::uint64_t end,
                     const ParseLimits& limits, TreeBuilder& tree) {
  return JsonReader(text, begin, end, limits, tree).run();
}

}  // namespace meshcheck
