#include "kubeapi/raw_client.h"

#include <arpa/inet.h>
#include <charconv>
#include <csignal>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include "kubeapi/certificates.h"
#include "kubeapi/http.h"
#include "kubeapi/stream.h"

namespace meshcheck::kubeapi {
namespace {

using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

Memory memory_of(std::string_view text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

CertificatePointer certificate_of(std::string_view pem) {
  return CertificatePointer(PEM_read_bio_X509(memory_of(pem).get(), nullptr, nullptr, nullptr));
}

SslContext client_context(std::string_view ca_pem, const Identity& identity) {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), certificate_of(ca_pem).get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!identity.certificate_pem.empty()) {
    const Key key(
        PEM_read_bio_PrivateKey(memory_of(identity.key_pem).get(), nullptr, nullptr, nullptr));
    SSL_CTX_use_certificate(context.get(), certificate_of(identity.certificate_pem).get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
  }
  return context;
}

int connected_socket(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    throw std::runtime_error("cannot connect");
  }
  return socket;
}

// OpenSSL writes without MSG_NOSIGNAL: a server that is gone must not end the tests. Nothing stays
// changed afterwards, as the programs that tests start inherit it.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipe() {
    const timespec now{};
    while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;
  NoBrokenPipe(NoBrokenPipe&&) = delete;
  NoBrokenPipe& operator=(NoBrokenPipe&&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

}  // namespace

class RawClient::Impl {
 public:
  Impl(std::uint16_t port, std::string_view ca_pem, const Identity& identity)
      : context_(ca_pem.empty() ? nullptr : client_context(ca_pem, identity)),
        socket_(connected_socket(port)) {
    if (!context_) return;
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), "127.0.0.1");
    const NoBrokenPipe guard;
    connected = SSL_connect(ssl_.get()) == 1;
  }
  ~Impl() {
    ssl_.reset();
    ::close(socket_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  Impl(Impl&&) = delete;
  Impl& operator=(Impl&&) = delete;

  bool write(std::string_view bytes) {
    const NoBrokenPipe guard;
    std::size_t count = 0;
    if (ssl_) return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count) == 1;
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0;
  }

  std::string read(std::size_t size) {
    const NoBrokenPipe guard;
    std::string bytes(size, '\0');
    std::size_t count = 0;
    if (ssl_) {
      if (SSL_read_ex(ssl_.get(), bytes.data(), size, &count) != 1) count = 0;
    } else {
      const ssize_t received = ::recv(socket_, bytes.data(), size, 0);
      count = received > 0 ? static_cast<std::size_t>(received) : 0;
    }
    bytes.resize(count);
    return bytes;
  }

  bool connected = true;
  std::string buffer;

  // Until `buffer` has so much, or no more comes.
  bool have(std::size_t size) {
    while (buffer.size() < size) {
      const std::string more = read(64 * 1024);
      if (more.empty()) return false;
      buffer += more;
    }
    return true;
  }
  std::string take(std::size_t size) {
    const std::string taken = buffer.substr(0, size);
    buffer.erase(0, size);
    return taken;
  }
  // A line, or up to `end` in general, with it; nullopt: it does not come.
  std::optional<std::string> take_until(std::string_view end) {
    while (true) {
      const std::size_t at = buffer.find(end);
      if (at != std::string::npos) return take(at + end.size());
      if (!have(buffer.size() + 1)) return std::nullopt;
    }
  }

 private:
  SslContext context_;
  int socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

RawClient::RawClient(std::uint16_t port, std::string_view ca_pem, const Identity& identity)
    : impl_(std::make_unique<Impl>(port, ca_pem, identity)) {}
RawClient::~RawClient() = default;

bool RawClient::connected() const { return impl_->connected; }
bool RawClient::write(std::string_view bytes) { return impl_->write(bytes); }

std::string RawClient::read(std::size_t size) {
  return impl_->buffer.empty() ? impl_->read(size) : impl_->take(size);
}

RawAnswer RawClient::get(std::string_view target, std::string_view token,
                         std::string_view header_lines) {
  std::string request = fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n", target);
  if (!token.empty()) request += fmt::format("Authorization: Bearer {}\r\n", token);
  write(request.append(header_lines).append("\r\n"));
  RawAnswer answer;
  std::optional<std::string> head = impl_->take_until("\r\n\r\n");
  if (!head) return answer;
  answer.head = *head;
  // A head of an answer reads as one of a request but for its first line.
  const auto parsed = parse_head("GET / HTTP/1.1\r\n" + head->substr(head->find("\r\n") + 2));
  std::from_chars(head->data() + 9, head->data() + 12, answer.status);
  if (!parsed) return answer;
  if (parsed->header("Transfer-Encoding") == "chunked") {
    while (const auto line = impl_->take_until("\r\n")) {
      std::size_t size = 0;
      if (std::from_chars(line->data(), line->data() + line->size(), size, 16).ec != std::errc()) {
        break;
      }
      answer.whole = impl_->have(size + 2) && size == 0;
      answer.body += impl_->take(size);
      impl_->take(2);
      if (answer.whole) break;
    }
  } else {
    std::size_t size = 0;
    const std::string_view length = parsed->header("Content-Length");
    std::from_chars(length.data(), length.data() + length.size(), size);
    answer.whole = impl_->have(size);
    answer.body = impl_->take(size);
  }
  return answer;
}

}  // namespace meshcheck::kubeapi
