// Moments as Kubernetes and Istio write them; no clock is read here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace meshcheck {

// RFC 3339: "2026-11-22T08:30:00Z", with a fraction (dropped) or an offset. Nullopt for anything
// else, and for Go's zero time (year 1), which stands for "never".
std::optional<std::chrono::sys_seconds> parse_time(std::string_view text);

// "5m", "2h30m", "3d4h", "1m30.5s": durations as Go and kubectl print them, fractions dropped.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

// The same for people, with two units at most: "75s", "5m", "2h30m", "3d".
std::string to_text(std::chrono::seconds duration);

}  // namespace meshcheck
