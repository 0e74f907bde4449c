// A day of the calendar, for rules whose answer depends on the date; no clock is read here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace meshcheck {

// In UTC; a date is valid to its end.
using Day = std::chrono::sys_days;

// "2026-11-22"; nullopt for anything else, and for days that no month has.
std::optional<Day> parse_day(std::string_view text);
std::string to_string(Day day);

}  // namespace meshcheck
