#include "kubeapi/stream.h"

#include <array>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace meshcheck::kubeapi {

Stream::Stream(int socket, SSL_CTX* context)
    : socket_(socket), ssl_(context == nullptr ? nullptr : SSL_new(context)) {
  if (ssl_) SSL_set_fd(ssl_.get(), socket);
}

Stream::~Stream() {
  ssl_.reset();
  ::close(socket_);
}

bool Stream::handshake() {
  if (!ssl_) return true;
  ERR_clear_error();
  return SSL_accept(ssl_.get()) == 1;
}

std::size_t Stream::read(char* bytes, std::size_t size) {
  if (!ssl_) {
    const ssize_t count = ::recv(socket_, bytes, size, 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  ERR_clear_error();
  std::size_t count = 0;
  return SSL_read_ex(ssl_.get(), bytes, size, &count) == 1 ? count : 0;
}

bool Stream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    if (ssl_) {
      ERR_clear_error();
      if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count) != 1) return false;
    } else {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      count = static_cast<std::size_t>(sent);
    }
    bytes.remove_prefix(count);
  }
  return true;
}

void Stream::finish() {
  if (ended_) return;
  ended_ = true;
  if (ssl_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(socket_, SHUT_WR);
  // Bytes that nobody read would turn the close into a reset, and the client lose what is under
  // way.
  std::array<char, 4096> rest{};
  pollfd ready{socket_, POLLIN, 0};
  while (::poll(&ready, 1, 1000) == 1 && ::recv(socket_, rest.data(), rest.size(), 0) > 0) {
  }
}

void Stream::reset() {
  ended_ = true;
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Stream::interrupt() { ::shutdown(socket_, SHUT_RDWR); }

void Stream::wait_for_end() {
  std::array<char, 4096> ignored{};
  while (::recv(socket_, ignored.data(), ignored.size(), 0) > 0) {
  }
}

std::string Stream::server_name() const {
  const char* name = ssl_ ? SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
  return name == nullptr ? std::string() : std::string(name);
}

std::unique_ptr<X509, void (*)(X509*)> Stream::certificate(bool& verified) const {
  X509* shown = ssl_ ? SSL_get1_peer_certificate(ssl_.get()) : nullptr;
  verified = shown != nullptr && SSL_get_verify_result(ssl_.get()) == X509_V_OK;
  return {shown, X509_free};
}

}  // namespace meshcheck::kubeapi
