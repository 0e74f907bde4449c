// What an API server says of a request that failed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "live/transport.h"

namespace meshcheck::live {

struct Status {
  std::string reason;   // "Forbidden", "Expired"; empty: none given
  std::string message;  // fit to be shown
  int retry_after_seconds = 0;
  std::string continue_token;  // of a list that expired: goes on from now
};

// Of a body of kind Status; nullopt for any other body.
std::optional<Status> read_status(std::string_view body);

// "503 Service Unavailable: message (audit id X)": the answer in one line, or the failure's words.
std::string describe(const Answer& answer, std::string_view body);

}  // namespace meshcheck::live
