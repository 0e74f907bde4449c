// Times on the command line, as Go and kubectl spell them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace meshcheck::cli {

// "1s", "2m", "1h30m", "500ms"; a bare number is seconds. Nullopt for anything else, and for what
// is negative or longer than a day.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace meshcheck::cli
