// Times on the command line, as Go and kubectl spell them, and the clock's.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck::cli {

// "1s", "2m", "1h30m", "500ms"; a bare number is seconds. Nullopt for anything else, and for what
// is negative or longer than a day.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// Of a flag; empty leaves `time` as it is.
std::optional<Error> read_time(const char* flag, const std::string& text,
                               std::chrono::milliseconds& time);

// "2026-11-22T10:00:00Z"
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace meshcheck::cli
