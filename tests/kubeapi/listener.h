// A listening socket on the loopback address, a thread for each connection, and their end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "kubeapi/stream.h"

namespace meshcheck::kubeapi {

class Listener {
 public:
  // Called on the connection's own thread; `number` counts from 1.
  using Serve = std::function<void(Stream& stream, std::size_t number)>;

  // No context: plain.
  Listener(std::uint16_t port, SslContext context, Serve serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  Listener(Listener&&) = delete;
  Listener& operator=(Listener&&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t connections() const;
  // False where the listener stops before that much time has passed.
  bool wait(std::chrono::milliseconds time);

 private:
  struct Connection {
    std::unique_ptr<Stream> stream;
    bool done = false;
    std::thread thread;
  };
  void accept_connections();
  void start(int socket);

  SslContext context_;
  Serve serve_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  bool stopped_ = false;
  std::size_t accepted_ = 0;
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace meshcheck::kubeapi
