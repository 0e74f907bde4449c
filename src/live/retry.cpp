#include "live/retry.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "live/answer_head.h"

namespace meshcheck::live {

namespace {

Verdict judge_failure(Failure failure) {
  switch (failure) {
    case Failure::unreachable:
    case Failure::broken: return Verdict::again;
    case Failure::timed_out:
    case Failure::too_large: return Verdict::smaller;
    case Failure::distrusted:
    case Failure::identity: return Verdict::fatal;
    case Failure::cancelled: return Verdict::ended;
    case Failure::none:
    case Failure::refused: break;
  }
  return Verdict::hopeless;
}

bool says_json(std::string content_type) {
  for (char& letter : content_type) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
  }
  return content_type.starts_with("application/json") ||
         content_type.find("+json") < content_type.size();
}

}  // namespace

Verdict judge(const Answer& answer, Expected expected) {
  if (answer.failure != Failure::none) return judge_failure(answer.failure);
  switch (answer.status) {
    case 200:
      if (!expected.json) return Verdict::usable;
      if (!says_json(answer.content_type)) return Verdict::hopeless;
      return expected.whole ? Verdict::usable : Verdict::again;
    case 400: return Verdict::bad_request;
    case 401: return Verdict::unauthorized;
    case 403: return Verdict::forbidden;
    case 404: return Verdict::absent;
    case 406: return Verdict::not_acceptable;
    case 410: return Verdict::expired;
    case 413: return Verdict::smaller;
    case 429: return Verdict::throttled;
    case 500:
    case 502:
    case 503: return Verdict::again;
    case 504: return Verdict::smaller;
    default: return Verdict::hopeless;
  }
}

std::optional<std::chrono::seconds> retry_after(const Answer& answer, int status_seconds) {
  const std::string_view text = answer.retry_after;
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (!text.empty() && end == text.data() + text.size()) {
    // Of more than a number can hold we know that it is too long.
    return std::chrono::seconds{error == std::errc{} ? seconds : 86400};
  }
  // The other form of RFC 9110 names a moment, by the server's clock.
  if (const auto moment = read_http_date(text); moment && answer.date) {
    return std::max(*moment - *answer.date, std::chrono::seconds{0});
  }
  if (status_seconds > 0) return std::chrono::seconds{status_seconds};
  return std::nullopt;
}

std::chrono::milliseconds backoff(int tries, std::optional<std::chrono::seconds> asked,
                                  double random) {
  constexpr double kFirst = 250;
  constexpr double kMost = 10'000;
  double ceiling = kFirst;
  for (int i = 1; i < tries && ceiling < kMost; ++i) ceiling *= 2;
  const std::chrono::milliseconds wait{static_cast<long>(std::min(ceiling, kMost) * random)};
  return asked ? std::max<std::chrono::milliseconds>(wait, *asked) : wait;
}

}  // namespace meshcheck::live
