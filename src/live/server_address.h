// The parts of an API server's URL, and how libcurl is told to reach it.
#pragma once

#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck::live {

struct ServerAddress {
  bool tls = true;
  std::string host;         // IPv6 in brackets
  std::string port;         // as written; empty: the scheme's
  std::string prefix;       // of every path: empty, or "/k8s/clusters/c-1"
  std::string unix_socket;  // of `kubectl proxy --unix-socket`; the host is "localhost" then

  // "host:port" as a Host header has it.
  std::string authority() const { return port.empty() ? host : host + ":" + port; }
  // "https://host:port", without user, password and path.
  std::string name() const;
};

// Of "https://host:6443/prefix", "http://…" or "unix:///path".
Result<ServerAddress> read_server_address(std::string_view url);

// The base of all URLs. Where the certificate is for another name than the address's, the URL has
// that name, and `connect_to` (libcurl's NAME:PORT:HOST:PORT; empty: as the URL says) leads to the
// address.
struct Dialling {
  std::string base;
  std::string connect_to;
};
Dialling dialling(const ServerAddress& address, std::string_view tls_server_name);

}  // namespace meshcheck::live
