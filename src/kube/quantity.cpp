#include "meshcheck/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <ranges>

namespace meshcheck {
namespace {

__extension__ typedef __int128 Int128;  // NOLINT(modernize-use-using): see quantity.h

constexpr std::int64_t kNanoDigits = 9;
constexpr Int128 kNano = 1'000'000'000;
constexpr Int128 kLargest = (((Int128{1} << 126) - 1) << 1) + 1;
constexpr std::int64_t kLargestValue = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a suffix multiplies by: 10^decimal * 2^binary.
struct Scale {
  std::int64_t decimal = 0;
  int binary = 0;
};

struct Suffix {
  std::string_view text;
  Scale scale;
};

constexpr std::array kSuffixes = {
    Suffix{"", {0, 0}},    Suffix{"n", {-9, 0}},  Suffix{"u", {-6, 0}},  Suffix{"m", {-3, 0}},
    Suffix{"k", {3, 0}},   Suffix{"M", {6, 0}},   Suffix{"G", {9, 0}},   Suffix{"T", {12, 0}},
    Suffix{"P", {15, 0}},  Suffix{"E", {18, 0}},  Suffix{"Ki", {0, 10}}, Suffix{"Mi", {0, 20}},
    Suffix{"Gi", {0, 30}}, Suffix{"Ti", {0, 40}}, Suffix{"Pi", {0, 50}}, Suffix{"Ei", {0, 60}},
};

std::optional<Scale> scale_of(std::string_view suffix) {
  for (const Suffix& known : kSuffixes) {
    if (known.text == suffix) return known.scale;
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  std::string_view digits = suffix.substr(1);
  if (digits[0] == '+') digits.remove_prefix(1);  // from_chars takes a minus only
  if (digits.empty() || (suffix[1] == '+' && digits[0] == '-')) return std::nullopt;
  std::int64_t exponent = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return Scale{static_cast<std::int32_t>(exponent), 0};  // Kubernetes truncates as well (suffix.go)
}

// Doubles a number given by its decimal digits, most significant first.
void double_digits(std::string& digits) {
  int carry = 0;
  for (char& digit : std::views::reverse(digits)) {
    const int doubled = (digit - '0') * 2 + carry;
    digit = static_cast<char>('0' + doubled % 10);
    carry = doubled / 10;
  }
  if (carry != 0) digits.insert(digits.begin(), '1');
}

// digits * 10^exponent as an integer, away from zero where a fraction is lost, saturating.
Int128 scaled(std::string_view digits, std::int64_t exponent) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return 0;
  const auto length = static_cast<std::int64_t>(digits.size());
  const auto kept =
      static_cast<std::size_t>(std::clamp<std::int64_t>(length + exponent, 0, length));
  const bool fraction = digits.find_first_not_of('0', kept) != std::string_view::npos;

  Int128 result = 0;
  const auto append = [&result](int digit) {
    return !__builtin_mul_overflow(result, Int128{10}, &result) &&
           !__builtin_add_overflow(result, Int128{digit}, &result);
  };
  for (const char digit : digits.substr(0, kept)) {
    if (!append(digit - '0')) return kLargest;
  }
  for (std::int64_t zeros = exponent; zeros > 0; --zeros) {
    if (!append(0)) return kLargest;
  }
  return fraction ? result + 1 : result;
}

// nano / divisor, away from zero, saturating.
std::int64_t rounded(Int128 nano, Int128 divisor) {
  Int128 result = nano / divisor;
  if (nano % divisor != 0) result += nano > 0 ? 1 : -1;
  return static_cast<std::int64_t>(
      std::clamp<Int128>(result, -Int128{kLargestValue}, Int128{kLargestValue}));
}

}  // namespace

// Follows ParseQuantity, down to its leniency ("." and "Ki" are zero) and to rounding a fraction of
// a nano up: "if you want some resources, you should get some".
std::optional<Quantity> Quantity::parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string_view rest = text;
  const bool negative = rest[0] == '-';
  if (negative || rest[0] == '+') rest.remove_prefix(1);

  const auto take_digits = [&rest] {
    const auto end = std::ranges::find_if_not(rest, is_digit);
    const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(digits.size());
    return digits;
  };
  std::string digits(take_digits());
  std::int64_t fraction_digits = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const std::string_view fraction = take_digits();
    digits += fraction;
    fraction_digits = static_cast<std::int64_t>(fraction.size());
  }
  const std::optional<Scale> scale = scale_of(rest);
  if (!scale) return std::nullopt;
  // Without digits only what Kubernetes' fast path takes is zero: ".", "m", "Ki", but no "Pi".
  if (digits.empty() && (scale->decimal < -kNanoDigits || scale->binary >= 50)) return std::nullopt;

  for (int doublings = scale->binary; doublings > 0; --doublings) double_digits(digits);
  Quantity quantity;
  quantity.nano_ = scaled(digits, scale->decimal - fraction_digits + kNanoDigits);
  if (scale->binary != 0) quantity.nano_ = std::min(quantity.nano_, kLargestValue * kNano);
  if (negative) quantity.nano_ = -quantity.nano_;
  quantity.text_ = text;
  return quantity;
}

std::int64_t Quantity::milli() const { return rounded(nano_, kNano / 1000); }
std::int64_t Quantity::value() const { return rounded(nano_, kNano); }

std::optional<IntOrPercent> IntOrPercent::parse(Node node) {
  if (const std::optional<std::int64_t> integer = node.integer()) return IntOrPercent{*integer};
  std::string_view digits = node.text();
  if (node.type() != ScalarType::string || !digits.ends_with('%')) return std::nullopt;
  digits.remove_suffix(1);
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  IntOrPercent parsed{0, true};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), parsed.value);
  if (error != std::errc{}) return std::nullopt;
  return parsed;
}

// k8s: apimachinery/pkg/util/intstr/intstr.go, GetScaledValueFromIntOrPercent with roundUp; both
// fields of a PodDisruptionBudget round up (pkg/controller/disruption/disruption.go).
std::int64_t IntOrPercent::of(std::int64_t total) const {
  if (!percent) return value;
  const Int128 product = Int128{value} * total;
  return static_cast<std::int64_t>((product + 99) / 100);
}

std::string IntOrPercent::text() const { return std::to_string(value) + (percent ? "%" : ""); }

}  // namespace meshcheck
