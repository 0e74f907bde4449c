#include "kubeapi/relay.h"

#include <array>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace meshcheck::kubeapi {
namespace {

constexpr int kLook = 50;  // milliseconds between two looks at whether to stop

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

template <class Address>
int listen_on(int family, const Address& address) {
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket, 64) != 0) {
    ::close(socket);
    throw std::runtime_error("cannot listen");
  }
  return socket;
}

int listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return listen_on(AF_UNIX, address);
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Exactly so many; empty where they do not come.
std::string receive(int from, std::size_t count) {
  std::string bytes(count, '\0');
  return ::recv(from, bytes.data(), count, MSG_WAITALL) == static_cast<ssize_t>(count)
             ? bytes
             : std::string{};
}

unsigned at(const std::string& bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

}  // namespace

Relay::Relay(Way way, std::uint16_t to, std::string path)
    : way_(way),
      to_(to),
      path_(std::move(path)),
      socket_(way == Way::unix_socket ? listen_at(path_) : listen_on(AF_INET, loopback(0))) {
  if (way != Way::unix_socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  thread_ = std::thread([this] { accept_connections(); });
}

Relay::~Relay() {
  stopped_ = true;
  thread_.join();
  for (std::thread& connection : connections_) connection.join();
  ::close(socket_);
}

std::string Relay::address() const {
  return way_ == Way::unix_socket ? path_ : fmt::format("127.0.0.1:{}", port_);
}

std::vector<std::string> Relay::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void Relay::refuse(std::string with) {
  const std::lock_guard lock(mutex_);
  refusal_ = std::move(with);
}

void Relay::note(std::string asked) {
  const std::lock_guard lock(mutex_);
  asked_.push_back(std::move(asked));
}

void Relay::accept_connections() {
  while (!stopped_) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, kLook) != 1) continue;
    const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) connections_.emplace_back([this, client] { serve(client); });
  }
}

void Relay::serve(int client) {
  if (agree(client)) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(to_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      pump(client, server);
    }
    ::close(server);
  }
  ::close(client);
}

bool Relay::agree(int client) {
  switch (way_) {
    case Way::connect: return agree_on_connect(client);
    case Way::socks5: return agree_on_socks5(client);
    case Way::unix_socket: break;
  }
  return true;
}

bool Relay::agree_on_connect(int client) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const std::string byte = receive(client, 1);
    if (byte.empty()) return false;
    head += byte;
  }
  note(head);
  std::string refusal;
  {
    const std::lock_guard lock(mutex_);
    refusal = refusal_;
  }
  if (refusal.empty()) return send_all(client, "HTTP/1.1 200 Connection established\r\n\r\n");
  send_all(client, fmt::format("HTTP/1.1 {}\r\nContent-Length: 0\r\n\r\n", refusal));
  return false;
}

// RFC 1928: a greeting, then one request.
bool Relay::agree_on_socks5(int client) {
  const std::string greeting = receive(client, 2);
  if (greeting.empty() || receive(client, at(greeting, 1)).empty()) return false;
  if (!send_all(client, std::string_view("\x05\x00", 2))) return false;
  const std::string request = receive(client, 4);
  if (request.empty()) return false;
  const bool is_name = at(request, 3) == 3;
  const std::string size = is_name ? receive(client, 1) : std::string(1, '\x04');
  if (size.empty()) return false;
  const std::string host = receive(client, at(size, 0));
  const std::string port = receive(client, 2);
  if (host.empty() || port.empty()) return false;
  const unsigned number = at(port, 0) * 256 + at(port, 1);
  note(is_name ? fmt::format("name {}:{}", host, number)
               : fmt::format("address {}.{}.{}.{}:{}", at(host, 0), at(host, 1), at(host, 2),
                             at(host, 3), number));
  return send_all(client, std::string_view("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10));
}

void Relay::pump(int client, int server) const {
  std::array<pollfd, 2> ready = {{{client, POLLIN, 0}, {server, POLLIN, 0}}};
  std::array<char, 1 << 16> bytes{};
  while (!stopped_) {
    if (::poll(ready.data(), ready.size(), kLook) <= 0) continue;
    for (std::size_t i = 0; i < ready.size(); ++i) {
      if (ready[i].revents == 0) continue;
      const ssize_t count = ::recv(ready[i].fd, bytes.data(), bytes.size(), 0);
      if (count <= 0) return;
      if (!send_all(ready[1 - i].fd, {bytes.data(), static_cast<std::size_t>(count)})) return;
    }
  }
}

}  // namespace meshcheck::kubeapi
