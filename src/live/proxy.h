// Through which proxy a server is reached, by the rules of Go's net/http.
#pragma once

#include <string>
#include <string_view>

#include "live/host.h"
#include "live/server_url.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// Checks what a kubeconfig or a flag says: http, https or socks5. An error repeats nothing of it,
// as it may hold a password.
Result<std::string> parse_proxy(std::string_view text);

// What HTTPS_PROXY (HTTP_PROXY for http) and NO_PROXY say of a server; empty: no proxy. Loopback
// addresses never take one (golang.org/x/net/http/httpproxy).
Result<std::string> proxy_of_environment(const ServerUrl& server, const Host& host);

}  // namespace meshcheck::live
