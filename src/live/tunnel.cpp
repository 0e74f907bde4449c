#include "live/tunnel.h"

#include <array>
#include <poll.h>
#include <string>
#include <string_view>

namespace meshcheck::live {

namespace {

constexpr int kSliceMilliseconds = 200;  // how late a cancellation is seen
constexpr std::chrono::minutes kPatience{1};

class CurlTunnel final : public Tunnel {
 public:
  CurlTunnel(const Curl& curl, CURL* handle, std::chrono::milliseconds patience,
             const std::atomic<bool>* cancel)
      : curl_(curl), handle_(handle), patience_(patience), cancel_(cancel) {}
  CurlTunnel(const CurlTunnel&) = delete;
  CurlTunnel& operator=(const CurlTunnel&) = delete;
  CurlTunnel(CurlTunnel&&) = delete;
  CurlTunnel& operator=(CurlTunnel&&) = delete;
  ~CurlTunnel() override { curl_.easy_cleanup(handle_); }

  std::optional<Error> send(std::string_view bytes) override {
    while (!bytes.empty()) {
      std::size_t sent = 0;
      const CURLcode code = curl_.easy_send(handle_, bytes.data(), bytes.size(), &sent);
      if (code == CURLE_AGAIN) {
        if (auto error = wait(POLLOUT)) return error;
      } else if (code != CURLE_OK) {
        return fail("", "the connection broke off");
      }
      bytes.remove_prefix(sent);
    }
    return std::nullopt;
  }

  Result<std::size_t> receive(std::string& buffer) override {
    std::array<char, 16384> bytes{};
    for (;;) {
      std::size_t received = 0;
      const CURLcode code = curl_.easy_recv(handle_, bytes.data(), bytes.size(), &received);
      if (code == CURLE_OK) {
        buffer.append(bytes.data(), received);
        return received;
      }
      if (code != CURLE_AGAIN) return fail("", "the connection broke off");
      if (auto error = wait(POLLIN)) return *std::move(error);
    }
  }

 private:
  std::optional<Error> wait(short events) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_.easy_getinfo(handle_, CURLINFO_ACTIVESOCKET, &socket);
    if (socket == CURL_SOCKET_BAD) return fail("", "the connection broke off");
    pollfd waiting{socket, events, 0};
    for (auto left = patience_; left.count() > 0;
         left -= std::chrono::milliseconds(kSliceMilliseconds)) {
      if (cancel_ != nullptr && cancel_->load()) return fail("", "interrupted");
      if (poll(&waiting, 1, kSliceMilliseconds) > 0) return std::nullopt;
    }
    return fail("", "timed out");
  }

  Curl curl_;
  CURL* handle_;
  std::chrono::milliseconds patience_;
  const std::atomic<bool>* cancel_;
};

}  // namespace

std::unique_ptr<Tunnel> open_tunnel(const Curl& curl, CURL* handle,
                                    std::chrono::milliseconds patience,
                                    const std::atomic<bool>* cancel) {
  return std::make_unique<CurlTunnel>(curl, handle, patience.count() > 0 ? patience : kPatience,
                                      cancel);
}

}  // namespace meshcheck::live
