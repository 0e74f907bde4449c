#include "cli/duration.h"

#include <array>
#include <charconv>
#include <ctime>
#include <utility>

#include <fmt/format.h>

namespace meshcheck::cli {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits = {
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::int64_t kDay = 86'400'000;

// Milliseconds in a unit that `text` begins with and ends at a digit or with the text; else 0.
std::int64_t take_unit(std::string_view& text) {
  std::size_t length = text.find_first_of("0123456789");
  if (length == std::string_view::npos) length = text.size();
  const std::string_view unit = text.substr(0, length);
  for (const auto& [name, scale] : kUnits) {
    if (name != unit) continue;
    text.remove_prefix(length);
    return scale;
  }
  return 0;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  const bool bare = text.find_first_not_of("0123456789") == std::string_view::npos;
  while (!text.empty()) {
    double number = 0;
    const auto read =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (read.ec != std::errc() || text.starts_with('-')) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    const std::int64_t scale = bare ? 1000 : take_unit(text);
    if (scale == 0) return std::nullopt;
    total += number * static_cast<double>(scale);
    if (!(total <= static_cast<double>(kDay))) return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

std::optional<Error> read_time(const char* flag, const std::string& text,
                               std::chrono::milliseconds& time) {
  if (text.empty()) return std::nullopt;
  const auto read = parse_duration(text);
  if (!read) return fail(flag, fmt::format("`{}` is no time", text), "write it as 30s or 5m");
  time = *read;
  return std::nullopt;
}

std::string utc_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace meshcheck::cli
