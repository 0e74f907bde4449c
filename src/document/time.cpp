#include "meshcheck/time.h"

#include <cstdint>

#include <fmt/format.h>

namespace meshcheck {
namespace {

using std::chrono::seconds;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // Exactly that many digits; -1 where they are not there.
  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      if (done() || !is_digit(text_[at_])) return -1;
      value = value * 10 + (text_[at_++] - '0');
    }
    return value;
  }
  // Nullopt where there is none, or where it is beyond any use.
  std::optional<std::int64_t> number() {
    constexpr std::int64_t kMost = 1'000'000'000'000;
    const std::size_t begin = at_;
    std::int64_t value = 0;
    for (; !done() && is_digit(text_[at_]); ++at_) {
      value = value * 10 + (text_[at_] - '0');
      if (value > kMost) return std::nullopt;
    }
    return at_ == begin ? std::nullopt : std::optional(value);
  }
  void skip_digits() {
    while (!done() && is_digit(text_[at_])) ++at_;
  }
  std::string_view word() {
    const std::size_t begin = at_;
    while (!done() && !is_digit(text_[at_]) && text_[at_] != '.') ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<seconds> read_offset(Reader& in) {
  if (in.take('Z') || in.take('z')) return seconds(0);
  const bool east = in.take('+');
  if (!east && !in.take('-')) return std::nullopt;
  const int hours = in.digits(2);
  if (!in.take(':')) return std::nullopt;
  const int minutes = in.digits(2);
  if (hours < 0 || minutes < 0) return std::nullopt;
  const seconds offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return east ? offset : -offset;
}

// Units below a second count as nothing.
std::optional<std::int64_t> seconds_in(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86400;
  if (unit == "y") return 365 * 86400;
  if (unit == "ms" || unit == "us" || unit == "\xC2\xB5s" || unit == "ns") return 0;
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_time(std::string_view text) {
  Reader in(text);
  const int year = in.digits(4);
  if (year < 2 || !in.take('-')) return std::nullopt;
  const int month = in.digits(2);
  if (month < 0 || !in.take('-')) return std::nullopt;
  const int day = in.digits(2);
  if (day < 0 || !(in.take('T') || in.take('t') || in.take(' '))) return std::nullopt;
  const int hour = in.digits(2);
  if (hour < 0 || hour > 23 || !in.take(':')) return std::nullopt;
  const int minute = in.digits(2);
  if (minute < 0 || minute > 59 || !in.take(':')) return std::nullopt;
  const int second = in.digits(2);
  if (second < 0 || second > 60) return std::nullopt;
  if (in.take('.')) in.skip_digits();
  const auto offset = read_offset(in);
  if (!offset || !in.done()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         seconds(second) - *offset;
}

std::optional<seconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Reader in(text);
  std::int64_t total = 0;
  while (!in.done()) {
    const auto number = in.number();
    if (!number) return std::nullopt;
    if (in.take('.')) in.skip_digits();
    const auto unit = seconds_in(in.word());
    if (!unit) return std::nullopt;
    if (*unit != 0 && *number > 1'000'000'000'000 / *unit) return std::nullopt;
    total += *number * *unit;
    if (total > 1'000'000'000'000) return std::nullopt;
  }
  return seconds(total);
}

std::string to_text(seconds duration) {
  const auto count = duration.count();
  const auto pair = [&](std::int64_t unit, char name, std::int64_t part, char part_name) {
    const auto rest = count % unit / part;
    return rest == 0 ? fmt::format("{}{}", count / unit, name)
                     : fmt::format("{}{}{}{}", count / unit, name, rest, part_name);
  };
  if (count < 120) return fmt::format("{}s", count);
  if (count < 3600) return pair(60, 'm', 1, 's');
  if (count < 86400) return pair(3600, 'h', 60, 'm');
  return pair(86400, 'd', 3600, 'h');
}

}  // namespace meshcheck
