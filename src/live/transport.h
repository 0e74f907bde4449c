// One GET to one API server, and what came of it; nothing else can be asked of a server.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "live/access.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

struct Request {
  std::string path;  // with its query; begins with `/`, follows the server's prefix
  std::string accept = "application/json";
  std::chrono::milliseconds timeout{0};             // 0: none
  std::size_t most_bytes = std::size_t{256} << 20;  // of the body, decompressed
};

// Why there is no whole answer.
enum class Failure : std::uint8_t {
  none,         // there is one, whatever its status
  unreachable,  // no such host, connection refused, or no handshake
  distrusted,   // the server's certificate, or its lack of TLS 1.2
  identity,     // our client certificate: unusable, or refused by the server
  timed_out,
  broken,     // the connection ended or the body is damaged: another try may succeed
  too_large,  // a body above `most_bytes`
  cancelled,
  refused,  // we do not send it: a header or path with control characters
};

// An answer without its body.
struct Answer {
  Failure failure = Failure::none;
  std::string problem;  // of a failure: what went wrong, in words, without credentials
  std::string hint;     // what to do about it, where that is plainer than for its kind
  int status = 0;       // 0: none came
  std::string content_type;
  std::string retry_after;                       // as the header has it
  std::string location;                          // of a redirect, which is never followed
  std::string audit_id;                          // finds the request in the server's audit log
  std::string warning;                           // the last `Warning` header
  std::optional<std::chrono::sys_seconds> date;  // the server's clock
};

// A connection that was switched to WebSocket: bytes in both directions.
class Tunnel {
 public:
  Tunnel() = default;
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;
  Tunnel(Tunnel&&) = delete;
  Tunnel& operator=(Tunnel&&) = delete;
  virtual ~Tunnel() = default;

  // All of it, or why not.
  virtual std::optional<Error> send(std::string_view bytes) = 0;
  // Appends what is there, waiting for at least one byte; 0: the other end has closed.
  virtual Result<std::size_t> receive(std::string& buffer) = 0;
};

// Safe to use from several threads.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  Transport(Transport&&) = delete;
  Transport& operator=(Transport&&) = delete;
  virtual ~Transport() = default;

  // Replaces `body`, keeping its memory. Never follows a redirect, never asks twice.
  virtual Answer get(const Request& request, const Auth& auth, std::string& body) = 0;
  // Connects for a protocol that is spoken over the raw stream, with HTTP/1.1; nothing is sent
  // yet. Waits for no answer longer than `request.timeout`.
  virtual Result<std::unique_ptr<Tunnel>> connect(const Request& request, const Auth& auth) = 0;
  // The head of a GET over such a connection: request line, host, credentials, impersonation;
  // without the empty line that ends it.
  virtual Secret head(const Request& request, const Auth& auth) const = 0;
  // "https://host:port", for people.
  virtual std::string name() const = 0;
};

struct TransportOptions {
  bool http1 = false;                         // no HTTP/2
  std::string user_agent = "meshcheck";       // "meshcheck/1.2.3 (linux/amd64)"
  const std::atomic<bool>* cancel = nullptr;  // set by a signal: what is under way ends in a second
  std::string library = "libcurl.so.4";
};

// Opens libcurl, which nothing else of meshcheck needs. An Error where it is not there or is of
// another flavour than OpenSSL's: that one drops client certificates without a word.
Result<std::unique_ptr<Transport>> open_transport(const Access& access,
                                                  const TransportOptions& options);

}  // namespace meshcheck::live
