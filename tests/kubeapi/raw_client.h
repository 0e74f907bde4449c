// A client that sends bytes and keeps what comes back: the server is held to the wire, not to a
// library's reading of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

struct RawAnswer {
  int status = 0;      // 0: no answer
  std::string head;    // with its empty line
  std::string body;    // chunks joined, compression left as it is
  bool whole = false;  // the framing says that it came to its end
};

class RawClient {
 public:
  // TLS with this authority's trust, or plain where `ca_pem` is empty. An identity may be empty.
  RawClient(std::uint16_t port, std::string_view ca_pem, const Identity& identity = {});
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&&) = delete;
  RawClient& operator=(RawClient&&) = delete;

  bool connected() const;
  bool write(std::string_view bytes);
  // What comes next, at most so much; empty: the end.
  std::string read(std::size_t size);
  // One request with `Host` and, where it is not empty, a token; further header lines end in CRLF.
  RawAnswer get(std::string_view target, std::string_view token = "letmein",
                std::string_view header_lines = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meshcheck::kubeapi
