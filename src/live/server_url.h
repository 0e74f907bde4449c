// The address of an API server, taken apart.
#pragma once

#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck::live {

struct ServerUrl {
  std::string scheme;  // "https", "http" or "unix"
  std::string host;    // without the brackets of IPv6; of a socket, none
  std::string port;    // empty: the scheme's
  std::string path;    // a prefix of every request, no `/` at its end; of a socket, its file

  std::string text() const;
  bool is_https() const { return scheme == "https"; }
  bool is_socket() const { return scheme == "unix"; }  // of `kubectl proxy --unix-socket`
};

// `host`, `host:port`, unix:///FILE or a URL; where no scheme stands, https if `prefers_tls`. Query
// and fragment are dropped (client-go: rest/url_utils.go). An error never repeats a password.
Result<ServerUrl> parse_server(std::string_view text, bool prefers_tls);

}  // namespace meshcheck::live
