#include "kubeapi/listener.h"

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace meshcheck::kubeapi {
namespace {

// OpenSSL writes without MSG_NOSIGNAL; a client that goes must not end the tests.
void ignore_broken_pipes() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int listening_socket(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket, 128) != 0) {
    ::close(socket);
    throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(port));
  }
  return socket;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

Listener::Listener(std::uint16_t port, SslContext context, Serve serve)
    : context_(std::move(context)),
      serve_(std::move(serve)),
      socket_(listening_socket(port)),
      port_(port_of(socket_)),
      thread_([this] { accept_connections(); }) {}

Listener::~Listener() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (Connection& each : connections_) {
      if (!each.done) each.stream->interrupt();
    }
  }
  stopping_.notify_all();
  ::shutdown(socket_, SHUT_RDWR);
  thread_.join();
  ::close(socket_);
  for (Connection& each : connections_) each.thread.join();
}

std::size_t Listener::connections() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

bool Listener::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !stopping_.wait_for(lock, time, [this] { return stopped_; });
}

void Listener::accept_connections() {
  ignore_broken_pipes();
  while (true) {
    const int socket = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      continue;
    }
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    start(socket);
  }
}

void Listener::start(int socket) {
  const std::lock_guard lock(mutex_);
  for (auto at = connections_.begin(); at != connections_.end();) {
    if (at->done) at->thread.join();
    at = at->done ? connections_.erase(at) : std::next(at);
  }
  const std::size_t number = ++accepted_;
  Connection& connection = connections_.emplace_back();
  connection.stream = std::make_unique<Stream>(socket, context_.get());
  if (stopped_) connection.stream->interrupt();
  connection.thread = std::thread([this, &connection, number] {
    ignore_broken_pipes();
    serve_(*connection.stream, number);
    const std::lock_guard inner(mutex_);
    connection.stream.reset();
    connection.done = true;
  });
}

}  // namespace meshcheck::kubeapi
