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

// Whether the body of a 404 is an API server's: a Status, or what Go's router says of a path that
// it does not have. A proxy's page says nothing of what the cluster has.
bool is_not_found(std::string_view body);

// "503 Service Unavailable: message (audit id X)": the answer in one line, or the failure's words.
std::string describe(const Answer& answer, std::string_view body);

}  // namespace meshcheck::live
