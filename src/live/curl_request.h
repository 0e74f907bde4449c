// One request as libcurl's options: all that facts about its defaults forbid to leave to them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "live/access.h"
#include "live/curl.h"
#include "live/server_address.h"
#include "live/transport.h"

namespace meshcheck::live {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Header lines as libcurl takes them, zeroed when they go.
class HeaderLines {
 public:
  HeaderLines() = default;
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;
  HeaderLines(HeaderLines&&) = delete;
  HeaderLines& operator=(HeaderLines&&) = delete;
  ~HeaderLines();

  void add(std::string_view name, std::string_view value);
  // What was added, as a list that holds until the next addition.
  curl_slist* list();

 private:
  std::vector<std::string> lines_;
  std::vector<curl_slist> nodes_;
};

// What every request to one server has in common.
struct Connection {
  Server server;
  ServerAddress address;
  Dialling dialling;
  Headers impersonation;
  TransportOptions options;
};

// Sets options and keeps the first refusal.
class Setter {
 public:
  Setter(const Curl& curl, CURL* handle) : curl_(curl), handle_(handle) {}

  template <class Value>
  void operator()(CURLoption option, Value value) {
    if (code_ == CURLE_OK) code_ = curl_.easy_setopt(handle_, option, value);
  }
  // An option that an older libcurl may lack.
  template <class Value>
  void where_known(CURLoption option, Value value) {
    if (code_ == CURLE_OK) curl_.easy_setopt(handle_, option, value);
  }
  CURLcode code() const { return code_; }

 private:
  const Curl& curl_;
  CURL* handle_;
  CURLcode code_ = CURLE_OK;
};

// Whether credentials may go there: not over plain HTTP.
bool sends_credentials(const Connection& connection);

// The headers of a request, credentials among them.
void add_headers(const Connection& connection, const Request& request, const Auth& auth,
                 HeaderLines& headers);

// Everything but the callbacks. `headers` and `url` must outlive the transfer.
void set_options(Setter& set, const Connection& connection, const Request& request,
                 const Auth& auth);

// What a failed transfer means. `text` is libcurl's own, `os_error` the system's number or 0.
Answer read_failure(CURLcode code, std::string_view text, long os_error, Answer answer);

}  // namespace meshcheck::live
