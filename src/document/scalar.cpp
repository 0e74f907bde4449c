#include "document/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace meshcheck {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

Resolved real(double value) { return {.type = ScalarType::real, .number = value}; }

Resolved truth(bool value) { return {.type = ScalarType::boolean, .boolean = value}; }

std::optional<Resolved> resolve_word(std::string_view text) {
  if (is_null_text(text)) return Resolved{.type = ScalarType::null};
  if (is_any_of(text, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) {
    return truth(true);
  }
  if (is_any_of(text,
                {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) {
    return truth(false);
  }
  if (is_any_of(text, {".nan", ".NaN", ".NAN"})) {
    return real(std::numeric_limits<double>::quiet_NaN());
  }
  if (is_any_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) {
    return real(std::numeric_limits<double>::infinity());
  }
  if (is_any_of(text, {"-.inf", "-.Inf", "-.INF"})) {
    return real(-std::numeric_limits<double>::infinity());
  }
  return std::nullopt;
}

bool begins_with_any_of(std::string_view text, std::string_view characters) {
  return !text.empty() && characters.find(text.front()) != std::string_view::npos;
}

// Takes the digits at the begin of `text` off and counts them.
std::size_t take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool has_float_form(std::string_view text) {
  if (begins_with_any_of(text, "-+")) text.remove_prefix(1);
  std::size_t digits = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += take_digits(text);
  }
  if (digits == 0) return false;
  if (begins_with_any_of(text, "eE")) {
    text.remove_prefix(1);
    if (begins_with_any_of(text, "-+")) text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  return text.empty();
}

// strconv.ParseFloat of a text in float form: out of range is no number, too small is zero.
std::optional<Resolved> parse_float(std::string_view text) {
  if (!has_float_form(text)) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // from_chars does not say which end was passed.
    value = std::strtod(std::string(text).c_str(), nullptr);
    if (std::isinf(value)) return std::nullopt;
  }
  return real(value);
}

// Cuts the prefix that names the base off: `0x`, `0b`, `0o` or a leading zero for octal.
int take_base(std::string_view& text) {
  if (text.size() < 2 || text.front() != '0') return 10;
  switch (text[1]) {
    case 'x':
    case 'X': text.remove_prefix(2); return 16;
    case 'b':
    case 'B': text.remove_prefix(2); return 2;
    case 'o':
    case 'O': text.remove_prefix(2); return 8;
    default: text.remove_prefix(1); return 8;
  }
}

// All of the text, which has no sign.
std::optional<std::uint64_t> parse_magnitude(std::string_view text, int base) {
  std::uint64_t magnitude = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, magnitude, base);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return magnitude;
}

// Sign, magnitude: the forms of strconv.ParseInt and ParseUint with base 0 (`0x`, `0b`, `0o` and a
// leading zero for octal), or with the base given.
std::optional<Resolved> parse_integer(std::string_view text, int base) {
  const bool has_sign = begins_with_any_of(text, "-+");
  const bool negative = has_sign && text.front() == '-';
  if (has_sign) text.remove_prefix(1);
  if (base == 0) base = take_base(text);
  const auto magnitude = parse_magnitude(text, base);
  if (!magnitude) return std::nullopt;

  constexpr auto kMax = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  Resolved result{.type = ScalarType::integer};
  if (*magnitude <= kMax + (negative ? 1 : 0)) {
    result.fits_int64 = true;
    result.integer = static_cast<std::int64_t>(negative ? 0 - *magnitude : *magnitude);
    result.number = static_cast<double>(result.integer);
    return result;
  }
  if (has_sign) return std::nullopt;
  result.number = static_cast<double>(*magnitude);
  return result;
}

std::optional<Resolved> resolve_number(std::string_view text) {
  std::string without_underscores;
  if (text.find('_') != std::string_view::npos) {
    for (const char c : text) {
      if (c != '_') without_underscores += c;
    }
    text = without_underscores;
  }
  if (auto integer = parse_integer(text, 0)) return integer;
  if (auto number = parse_float(text)) return number;
  // `0b-101` is -5: Go cuts the prefix off and parses what is left, sign and all.
  if (text.starts_with("0b")) return parse_integer(text.substr(2), 2);
  return std::nullopt;
}

}  // namespace

bool is_null_text(std::string_view text) {
  switch (text.size()) {
    case 0: return true;
    case 1: return text.front() == '~';
    case 4: return text == "null" || text == "Null" || text == "NULL";
    default: return false;
  }
}

bool is_finite_plain(std::string_view text) {
  if (text.size() < 4 || text.size() > 5) return true;
  if (text.front() != '.' && text[1] != '.') return true;
  const auto word = resolve_word(text);
  return !word || word->type != ScalarType::real;
}

Resolved resolve_plain(std::string_view text) {
  if (text.empty()) return {.type = ScalarType::null};
  const char first = text.front();
  if (is_digit(first)) return resolve_number(text).value_or(Resolved{});
  switch (first) {
    case '-':
    case '+':
      if (auto word = resolve_word(text)) return *word;
      return resolve_number(text).value_or(Resolved{});
    case '.':
      if (auto word = resolve_word(text)) return *word;
      return parse_float(text).value_or(Resolved{});
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
    case '~':
      if (text.size() > 5) return {};
      return resolve_word(text).value_or(Resolved{});
    default: return {};
  }
}

}  // namespace meshcheck
