#include "live/status.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "live/answer_head.h"
#include "live/json_skim.h"

namespace meshcheck::live {

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} * 1024;

std::string text_of(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string_view words_of(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 406: return "Not Acceptable";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return {};
  }
}

// Only what a person wrote for people: the page of a proxy says nothing in HTML. Without a type
// comes what Go's server answers to who speaks no TLS to it.
std::string message_of(const Answer& answer, std::string_view body) {
  if (auto status = read_status(body)) return status->message;
  const std::string_view type = answer.content_type;
  const bool plain =
      type.starts_with("text/plain") || (type.empty() && body.find('<') == std::string_view::npos);
  return plain ? shown(body) : std::string{};
}

}  // namespace

bool is_not_found(std::string_view body) {
  return body.starts_with("404 page not found") || read_status(body).has_value();
}

std::optional<Status> read_status(std::string_view body) {
  if (body.size() > kMostBytes) return std::nullopt;
  const auto root = nlohmann::json::parse(body, nullptr, false);
  if (!root.is_object() || text_of(root, "kind") != "Status") return std::nullopt;
  Status status;
  status.reason = shown(text_of(root, "reason"), 64);
  status.message = shown(text_of(root, "message"));
  if (const auto details = root.find("details"); details != root.end() && details->is_object()) {
    const auto seconds = details->find("retryAfterSeconds");
    if (seconds != details->end() && seconds->is_number_unsigned()) {
      status.retry_after_seconds =
          static_cast<int>(std::min<std::uint64_t>(seconds->get<std::uint64_t>(), 1'000'000));
    }
  }
  if (const auto metadata = root.find("metadata");
      metadata != root.end() && metadata->is_object()) {
    status.continue_token = text_of(*metadata, "continue");
  }
  return status;
}

namespace {

// " to login.example": no path and no query, which may hold a token.
std::string target_of(std::string_view location) {
  const auto scheme = location.find("://");
  if (scheme == std::string_view::npos) return {};
  location.remove_prefix(scheme + 3);
  location = location.substr(0, location.find_first_of("/?#"));
  const auto user = location.rfind('@');
  if (user != std::string_view::npos) location.remove_prefix(user + 1);
  return location.empty() ? std::string() : " to " + shown(location, 64);
}

}  // namespace

std::string describe(const Answer& answer, std::string_view body) {
  if (answer.failure != Failure::none) return answer.problem;
  if (answer.status == 200) {
    return is_json(body) || !answer.content_type.starts_with("application/json")
               ? fmt::format("the answer is `{}`, not what was asked for",
                             shown(answer.content_type, 64))
               : "the answer is JSON that is cut off or damaged";
  }
  std::string text = std::to_string(answer.status);
  if (const auto words = words_of(answer.status); !words.empty()) {
    text.append(" ").append(words);
  }
  if (answer.status >= 300 && answer.status < 400) {
    return fmt::format(
        "{}: the server redirects{}, which is refused since credentials would go along", text,
        target_of(answer.location));
  }
  if (const auto message = message_of(answer, body);
      !message.empty() && message != words_of(answer.status)) {
    text.append(": ").append(message);
  }
  if (!answer.audit_id.empty()) text += fmt::format(" (audit id {})", answer.audit_id);
  return text;
}

}  // namespace meshcheck::live
