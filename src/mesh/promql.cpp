#include "mesh/promql.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <utility>

namespace meshcheck {
namespace {

constexpr int kDeepest = 100;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number, or series times a number.
struct Value {
  bool constant = false;
  double scale = 1;
  bool limit = false;  // of series that are limits by their name
};

class Reader {
 public:
  Reader(std::string_view text, const Recorded& recorded) : text_(text), recorded_(recorded) {}

  Expression read() {
    while (skip_blanks()) {
      const std::size_t before = at_;
      out_.scale = binary(0).scale;
      if (at_ == before) ++at_;  // a character that begins nothing
    }
    return std::move(out_);
  }

 private:
  // (prometheus: promql/parser/generated_parser.y, precedences)
  struct Operator {
    std::string_view text;
    int precedence;
  };
  static constexpr std::array<Operator, 15> kOperators = {{{"or", 1},
                                                           {"and", 2},
                                                           {"unless", 2},
                                                           {"==", 3},
                                                           {"!=", 3},
                                                           {">=", 3},
                                                           {"<=", 3},
                                                           {">", 3},
                                                           {"<", 3},
                                                           {"+", 4},
                                                           {"-", 4},
                                                           {"*", 5},
                                                           {"/", 5},
                                                           {"%", 5},
                                                           {"^", 6}}};

  bool skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        ++at_;
      } else {
        return true;
      }
    }
    return false;
  }
  bool take(char c) {
    if (!skip_blanks() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view peek_word() {
    if (!skip_blanks()) return {};
    const std::size_t begin = at_;
    const std::string_view found = word();
    at_ = begin;
    return found;
  }
  // To the bracket that closes the one just taken.
  void skip_to(char close) {
    while (at_ < text_.size() && text_[at_] != close) {
      const char c = text_[at_];
      c == '"' || c == '\'' || c == '`' ? static_cast<void>(quoted()) : static_cast<void>(++at_);
    }
    if (at_ < text_.size()) ++at_;
  }
  std::string quoted() {
    const char quote = text_[at_++];
    std::string value;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && quote != '`' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_];
    }
    if (at_ < text_.size()) ++at_;
    return value;
  }

  const Operator* operator_here() {
    if (!skip_blanks()) return nullptr;
    const std::string_view rest = text_.substr(at_);
    const std::string_view named = peek_word();
    for (const Operator& op : kOperators) {
      const bool is_name = is_word(op.text.front());
      if (is_name ? named == op.text : rest.starts_with(op.text)) return &op;
    }
    return nullptr;
  }

  // `bool`, `on (…) group_left (…)` behind an operator; `by (…)` behind an aggregation.
  void skip_modifiers() {
    constexpr std::array<std::string_view, 7> kModifiers = {
        "bool", "on", "ignoring", "group_left", "group_right", "by", "without"};
    for (std::string_view next = peek_word();
         std::ranges::find(kModifiers, next) != kModifiers.end(); next = peek_word()) {
      word();
      if (next != "bool" && take('(')) skip_to(')');
    }
  }
  // `[5m:1m]`, `offset 5m`, `@ end()`.
  void skip_range() {
    for (;;) {
      if (take('[')) {
        skip_to(']');
      } else if (peek_word() == "offset" || (skip_blanks() && text_[at_] == '@')) {
        text_[at_] == '@' ? static_cast<void>(++at_) : static_cast<void>(word());
        take('-');
        skip_blanks();
        word();
        if (take('(')) skip_to(')');
      } else {
        return;
      }
    }
  }

  Value binary(int least) {
    Value left = unary();
    for (const Operator* op = operator_here(); op != nullptr && op->precedence >= least;
         op = operator_here()) {
      at_ += op->text.size();
      skip_modifiers();
      if (++depth_ > kDeepest) {
        at_ = text_.size();
        return left;
      }
      const Value right = binary(op->precedence + 1);
      --depth_;
      left = combine(*op, left, right);
    }
    return left;
  }

  Value combine(const Operator& op, const Value& left, const Value& right) {
    const bool constant = left.constant && right.constant;
    const bool limit = (left.limit || left.constant) && (right.limit || right.constant);
    if (op.text == "*") return {constant, left.scale * right.scale, limit && !constant};
    if (op.text == "/") return {constant, left.scale / right.scale, limit && right.constant};
    if (op.text == "+" && constant) return {true, left.scale + right.scale};
    if (op.text == "-" && constant) return {true, left.scale - right.scale};
    if (op.text == "^" && constant) return {true, std::pow(left.scale, right.scale)};
    if (op.precedence == 3 && !constant) compare(op.text, left, right);
    Value value = left.constant ? right : left;
    value.limit = limit && !constant;
    return value;
  }

  void compare(std::string_view op, const Value& left, const Value& right) {
    Threshold threshold{std::string(op), right.scale / left.scale};
    if (left.constant || (left.limit && !right.limit && !right.constant)) {  // 0.8 < a, limit < a
      threshold.value = left.scale / right.scale;
      if (op.front() == '<') threshold.op.front() = '>';
      if (op.front() == '>') threshold.op.front() = '<';
    }
    if (std::isfinite(threshold.value)) out_.thresholds.push_back(std::move(threshold));
  }

  Value unary() {
    if (take('-')) {
      const Value value = primary();
      return {value.constant, -value.scale, value.limit};
    }
    take('+');
    return primary();
  }

  Value primary() {
    if (!skip_blanks()) return {};
    if (++depth_ > kDeepest) {
      at_ = text_.size();
      return {};
    }
    Value value;
    const char c = text_[at_];
    if (take('(')) {
      value = binary(0);
      while (take(',')) binary(0);
      take(')');
    } else if (is_digit(c) || c == '.') {
      value = number();
    } else if (c == '"' || c == '\'' || c == '`') {
      quoted();
    } else if (c == '{') {
      value = selector({});
    } else if (is_word(c)) {
      value = named();
    }
    skip_range();
    --depth_;
    return value;
  }

  // Also 1e9 and 0x1f, and 5m, which is a number of seconds since Prometheus 3.
  Value number() {
    double value = 0;
    const char* begin = text_.data() + at_;
    const auto read = std::from_chars(begin, text_.data() + text_.size(), value);
    at_ += std::max<std::size_t>(1, static_cast<std::size_t>(read.ptr - begin));
    word();
    return {true, value};
  }

  Value named() {
    const std::string_view name = word();
    skip_modifiers();  // sum by (pod) (…)
    if (skip_blanks() && text_[at_] == '(') return call();
    if (name == "Inf" || name == "inf" || name == "NaN") return {true, 0};
    return selector(name);
  }

  // The scale of what it is called with: its first argument that is no number.
  Value call() {
    take('(');
    Value result{true, 1};
    do {
      if (take(')')) return result;
      const Value argument = binary(0);
      if (result.constant) result = argument;
    } while (take(','));
    if (!take(')')) skip_to(')');
    skip_modifiers();  // sum (…) by (pod)
    return result;
  }

  Value selector(std::string_view name) {
    MetricSelector selected{std::string(name), {}};
    if (take('{')) read_matchers(selected);
    Value value;
    value.limit = selected.metric.find("limit") != std::string::npos;
    if (const Expression* known = recorded_ ? recorded_(selected.metric) : nullptr) {
      out_.selectors.insert(out_.selectors.end(), known->selectors.begin(), known->selectors.end());
      value.scale = known->scale;
    }
    out_.selectors.push_back(std::move(selected));
    return value;
  }

  void read_matchers(MetricSelector& selected) {
    while (skip_blanks() && !take('}')) {
      MetricSelector::Matcher matcher;
      const bool is_quoted = text_[at_] == '"';
      matcher.label = is_quoted ? quoted() : std::string(word());
      skip_blanks();
      const auto next_is = [&](std::string_view any) {
        return at_ < text_.size() && any.find(text_[at_]) != std::string_view::npos;
      };
      while (next_is("=!~")) matcher.op += text_[at_++];
      skip_blanks();
      const bool has_value = next_is("\"'`");
      if (has_value) matcher.value = quoted();
      if (matcher.label == "__name__" || (is_quoted && matcher.op.empty())) {
        selected.metric = matcher.op.empty() ? matcher.label : matcher.value;
      } else if (!matcher.op.empty()) {
        selected.matchers.push_back(std::move(matcher));
      } else if (!has_value) {
        ++at_;  // a comma, or what begins nothing
      }
    }
  }

  std::string_view text_;
  const Recorded& recorded_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Expression out_;
};

}  // namespace

Expression read_expression(std::string_view text, const Recorded& recorded) {
  return Reader(text, recorded).read();
}

}  // namespace meshcheck
