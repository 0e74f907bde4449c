// How to reach one API server and as whom: what kubeconfig files, flags and the environment add up
// to, by client-go's rules.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/secret.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// One API server.
struct Server {
  std::string url;              // scheme, host, port and path prefix; no `/` at its end
  std::string tls_server_name;  // for SNI and verification; empty: the host's
  std::string ca_pem;           // the only roots that are trusted; empty: the system's
  bool insecure = false;        // insecure-skip-tls-verify
  std::string proxy_url;        // http, https or socks5; empty: none. May hold a password
  bool compression = true;
};

// What proves who asks, at one time.
struct Auth {
  Secret authorization;         // the header's whole value; empty: no such header
  std::string certificate_pem;  // with its intermediates; empty: none
  Secret key_pem;
  std::uint64_t generation = 0;  // another number is another credential
};

// Where an Auth comes from; safe to ask from several threads.
class Credentials {
 public:
  Credentials() = default;
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  Credentials(Credentials&&) = delete;
  Credentials& operator=(Credentials&&) = delete;
  virtual ~Credentials() = default;

  // What to send now; runs a plugin or reads a file where that is due.
  virtual Result<Auth> current() = 0;
  // After a 401 on `failed`: a newer credential, or nullopt where there is none to be had.
  virtual Result<std::optional<Auth>> refresh(const Auth& failed) = 0;
};

// Everything a client needs.
struct Access {
  std::string context;     // as the kubeconfig names it; empty in a pod
  std::string cluster;     // the entry's name
  std::string user;        // the entry's name
  std::string name_space;  // that a command without one would use
  Server server;
  std::vector<std::pair<std::string, std::string>> impersonation;  // headers
  std::shared_ptr<Credentials> credentials;
  bool http1 = false;                 // no HTTP/2: the variable DISABLE_HTTP2, as kubectl has it
  std::vector<std::string> warnings;  // sentences to show once
};

}  // namespace meshcheck::live
