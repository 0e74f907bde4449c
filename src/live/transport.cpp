#include "live/transport.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "live/answer_head.h"
#include "live/curl.h"
#include "live/curl_request.h"
#include "live/tunnel.h"

namespace meshcheck::live {

namespace {

constexpr std::size_t kMostHeadBytes = std::size_t{1} << 20;

using ErrorText = std::array<char, CURL_ERROR_SIZE>;

// What the callbacks of one transfer fill.
struct Exchange {
  Answer answer;
  std::string* body = nullptr;
  std::size_t most_bytes = 0;
  std::size_t head_bytes = 0;
  bool too_large = false;
};

std::size_t on_body(const char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (size > exchange.most_bytes - exchange.body->size()) {
    exchange.too_large = true;
    return 0;
  }
  exchange.body->append(data, size);
  return size;
}

std::size_t on_header(const char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  exchange.head_bytes += size;
  if (exchange.head_bytes > kMostHeadBytes) {
    exchange.too_large = true;
    return 0;
  }
  read_header_line({data, size}, exchange.answer);
  return size;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* cancel = static_cast<const std::atomic<bool>*>(user);
  return cancel->load() ? 1 : 0;
}

Answer refused(std::string problem) {
  Answer answer;
  answer.failure = Failure::refused;
  answer.problem = std::move(problem);
  return answer;
}

class CurlTransport final : public Transport {
 public:
  CurlTransport(Curl curl, Connection connection)
      : curl_(curl),
        connection_(std::move(connection)),
        connect_to_{connection_.dialling.connect_to.data(), nullptr} {}
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  CurlTransport(CurlTransport&&) = delete;
  CurlTransport& operator=(CurlTransport&&) = delete;
  ~CurlTransport() override {
    for (CURL* handle : idle_) curl_.easy_cleanup(handle);
  }

  Answer get(const Request& request, const Auth& auth, std::string& body) override {
    body.clear();
    if (auto problem = unfit(request, auth)) return refused(*std::move(problem));
    CURL* const handle = take();
    if (handle == nullptr) return refused("libcurl has no memory");
    Exchange exchange;
    exchange.body = &body;
    exchange.most_bytes = request.most_bytes;
    Answer answer = transfer(handle, request, auth, exchange);
    give_back(handle);
    return answer;
  }

  Result<std::unique_ptr<Tunnel>> connect(const Request& request, const Auth& auth) override {
    if (auto problem = unfit(request, auth)) return fail(name(), *std::move(problem));
    CURL* const handle = curl_.easy_init();
    if (handle == nullptr) return fail(name(), "libcurl has no memory");
    ErrorText text{};
    Exchange exchange;
    Setter set(curl_, handle);
    set_options(set, connection_, request, auth);
    set_watch(set, text);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_CONNECT_ONLY, 1L);
    const Answer answer = perform(handle, set, text, exchange);
    if (answer.failure == Failure::none) {
      curl_.easy_setopt(handle, CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
      return open_tunnel(curl_, handle, request.timeout, connection_.options.cancel);
    }
    curl_.easy_cleanup(handle);
    return fail(name(), answer.problem);
  }

  Secret head(const Request& request, const Auth& auth) const override {
    HeaderLines headers;
    add_headers(connection_, request, auth, headers);
    std::string text = "GET " + connection_.address.prefix + request.path + " HTTP/1.1\r\n";
    if (connection_.dialling.connect_to.empty()) {
      text += "Host: " + connection_.address.authority() + "\r\n";
    }
    std::size_t size = text.size();
    for (const auto* line = headers.list(); line != nullptr; line = line->next) {
      size += std::string_view(line->data).size() + 2;
    }
    text.reserve(size);  // growing would leave copies of the credentials behind
    for (const auto* line = headers.list(); line != nullptr; line = line->next) {
      text.append(line->data).append("\r\n");
    }
    return Secret(std::move(text));
  }

  std::string name() const override { return connection_.address.name(); }

 private:
  std::optional<std::string> unfit(const Request& request, const Auth& auth) const {
    const auto bad_path = [](char c) {
      return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f;
    };
    if (!request.path.starts_with('/') || std::ranges::any_of(request.path, bad_path)) {
      return "a path that cannot be sent";
    }
    if (!fit_for_header(request.accept) || !fit_for_header(connection_.options.user_agent)) {
      return "a header with a control character";
    }
    if (!fit_for_header(auth.authorization.reveal())) {
      return "the credentials hold a control character, so they are not sent";
    }
    for (const auto& [name, value] : connection_.impersonation) {
      if (name.empty() || !fit_for_header(name) || !fit_for_header(value)) {
        return "the name to impersonate holds a control character, so it is not sent";
      }
    }
    return std::nullopt;
  }

  void set_watch(Setter& set, ErrorText& text) {
    set(CURLOPT_ERRORBUFFER, text.data());
    if (!connection_.dialling.connect_to.empty()) set(CURLOPT_CONNECT_TO, &connect_to_);
    if (connection_.options.cancel == nullptr) return;
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(CURLOPT_XFERINFODATA, connection_.options.cancel);
  }

  Answer transfer(CURL* handle, const Request& request, const Auth& auth, Exchange& exchange) {
    ErrorText text{};
    HeaderLines headers;
    add_headers(connection_, request, auth, headers);
    Setter set(curl_, handle);
    set_options(set, connection_, request, auth);
    set_watch(set, text);
    set(CURLOPT_HTTPHEADER, headers.list());
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, &exchange);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, &exchange);
    Answer answer = perform(handle, set, text, exchange);
    curl_.easy_reset(handle);  // before what the options point to goes; connections stay
    return answer;
  }

  Answer perform(CURL* handle, const Setter& set, const ErrorText& text, Exchange& exchange) const {
    if (set.code() != CURLE_OK) {
      return refused(std::string("libcurl refuses an option: ") + curl_.easy_strerror(set.code()));
    }
    const CURLcode code = curl_.easy_perform(handle);
    if (exchange.too_large) {
      exchange.answer.failure = Failure::too_large;
      exchange.answer.problem = "the answer is too large";
      return exchange.answer;
    }
    long os_error = 0;
    curl_.easy_getinfo(handle, CURLINFO_OS_ERRNO, &os_error);
    const std::string_view said = text.data();
    return read_failure(code, said.empty() ? curl_.easy_strerror(code) : said, os_error,
                        std::move(exchange.answer));
  }

  CURL* take() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) return curl_.easy_init();
    CURL* const handle = idle_.back();
    idle_.pop_back();
    return handle;
  }

  void give_back(CURL* handle) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(handle);
  }

  Curl curl_;
  Connection connection_;
  curl_slist connect_to_;
  std::mutex mutex_;
  std::vector<CURL*> idle_;  // with the connections that they hold open
};

}  // namespace

Result<std::unique_ptr<Transport>> open_transport(const Access& access,
                                                  const TransportOptions& options) {
  auto address = read_server_address(access.server.url);
  if (!address) return address.error();
  auto curl = open_curl(options.library);
  if (!curl) return curl.error();
  Connection connection;
  connection.server = access.server;
  connection.dialling = dialling(*address, access.server.tls_server_name);
  connection.address = std::move(*address);
  connection.impersonation = access.impersonation;
  connection.options = options;
  return std::unique_ptr<Transport>(std::make_unique<CurlTransport>(*curl, std::move(connection)));
}

}  // namespace meshcheck::live
