// The address of an API server, taken apart.
#pragma once

#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck::live {

struct ServerUrl {
  std::string scheme;  // "https" or "http"
  std::string host;    // without the brackets of IPv6
  std::string port;    // empty: the scheme's
  std::string path;    // a prefix of every request; no `/` at its end

  std::string text() const;
  bool is_https() const { return scheme == "https"; }
};

// `host`, `host:port` or a URL; where no scheme stands, https if `prefers_tls`. Query and fragment
// are dropped (client-go: rest/url_utils.go). An error never repeats a password.
Result<ServerUrl> parse_server(std::string_view text, bool prefers_tls);

}  // namespace meshcheck::live
