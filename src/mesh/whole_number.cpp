#include "mesh/whole_number.h"

#include <charconv>
#include <cmath>

namespace meshcheck {
namespace {

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (text.empty() || result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (const auto integer = parse<std::int64_t>(text)) return integer;
  const auto real = parse<double>(text);
  // From 2^21 on Helm prints an exponent, and no count of replicas is that large.
  constexpr double kLargest = 1 << 21;
  if (!real || std::trunc(*real) != *real || std::abs(*real) >= kLargest) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

}  // namespace meshcheck
