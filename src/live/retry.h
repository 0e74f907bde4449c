// What to do after an answer, and how long to wait before asking again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "live/transport.h"

namespace meshcheck::live {

enum class Verdict : std::uint8_t {
  usable,          // 200 and whole
  absent,          // 404
  forbidden,       // 403
  unauthorized,    // 401
  bad_request,     // 400
  not_acceptable,  // 406
  expired,         // 410
  throttled,       // 429: ask again, later and less
  again,           // another try may succeed
  smaller,         // another try may, better for less
  hopeless,        // it will not
  fatal,           // nor will any other request: no trust, no identity
  ended,           // cancelled
};

struct Expected {
  bool json = true;   // whether the body has to be JSON
  bool whole = true;  // whether it was found to be whole
};
Verdict judge(const Answer& answer, Expected expected);

// Whether the same request may be sent again.
inline bool may_repeat(Verdict verdict) {
  return verdict == Verdict::throttled || verdict == Verdict::again || verdict == Verdict::smaller;
}

// Seconds of a Retry-After header, or of a Status where that is 0; nullopt: neither says.
std::optional<std::chrono::seconds> retry_after(const Answer& answer, int status_seconds);

// The wait before try `tries` + 1: anything up to a quarter of a second, doubled for each try and
// 10 s at most, but no less than what the server asks for. `random` is in [0, 1).
std::chrono::milliseconds backoff(int tries, std::optional<std::chrono::seconds> asked,
                                  double random);

// How many times one request is sent.
inline constexpr int kMostTries = 6;
// A server that asks for more is believed, and not waited for.
inline constexpr std::chrono::seconds kMostRetryAfter{60};
// All waits of one list together.
inline constexpr std::chrono::seconds kMostWaiting{120};

}  // namespace meshcheck::live
