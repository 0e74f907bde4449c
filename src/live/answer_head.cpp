#include "live/answer_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "meshcheck/ascii.h"
#include "meshcheck/utf8.h"

namespace meshcheck::live {

namespace {

bool same_name(std::string_view name, std::string_view lower_case) {
  return std::ranges::equal(name, lower_case, [](char a, char b) { return lower(a) == b; });
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

void read_header_line(std::string_view line, Answer& answer) {
  if (line.starts_with("HTTP/")) {
    answer = {};
    const auto space = line.find(' ');
    if (space != std::string_view::npos) read_number(line.substr(space + 1, 3), answer.status);
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1), " \t\r\n");
  if (same_name(name, "content-type")) answer.content_type = value;
  if (same_name(name, "retry-after")) answer.retry_after = value;
  if (same_name(name, "location")) answer.location = value;
  if (same_name(name, "audit-id")) answer.audit_id = shown(value, 64);
  if (same_name(name, "warning")) answer.warning = shown(value);
  if (same_name(name, "date")) answer.date = read_http_date(value);
}

std::optional<std::chrono::sys_seconds> read_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  unsigned day = 0;
  int year = 0;
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  const bool numbers =
      read_number(text.substr(5, 2), day) && read_number(text.substr(12, 4), year) &&
      read_number(text.substr(17, 2), hours) && read_number(text.substr(20, 2), minutes) &&
      read_number(text.substr(23, 2), seconds);
  if (month == kMonths.end() || !numbers) return {};
  const std::chrono::year_month_day date{
      std::chrono::year{year},
      std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
      std::chrono::day{day}};
  const bool in_range =
      hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds <= 60;
  if (!date.ok() || !in_range) return {};
  return std::chrono::sys_days{date} + std::chrono::hours{hours} + std::chrono::minutes{minutes} +
         std::chrono::seconds{seconds};
}

std::string shown(std::string_view text, std::size_t most) {
  std::string result;
  text = trimmed(text, " \t\r\n");
  while (!text.empty() && result.size() < most) {
    const CodePoint point = decode_utf8(text);
    // C0, DEL and C1 steer a terminal; so do the marks of writing direction.
    const bool control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0);
    const bool direction = (point.value >= 0x202a && point.value <= 0x202e) ||
                           (point.value >= 0x2066 && point.value <= 0x2069);
    if (!point.valid) {
      result += '?';
    } else if (control) {
      result += ' ';
    } else if (!direction) {
      result += text.substr(0, point.length);
    }
    text.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  if (!text.empty()) result += "…";
  return std::string(trimmed(result, " \t\r\n"));
}

bool fit_for_header(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace meshcheck::live
