// What stands between a client and a server: a proxy, or a socket that has a path. It hands on
// bytes and never looks at them.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace meshcheck::kubeapi {

// Listens until its destruction. Throws std::runtime_error where it cannot.
class Relay {
 public:
  enum class Way : std::uint8_t {
    connect,      // an HTTP proxy: CONNECT host:port
    socks5,       // RFC 1928, without authentication
    unix_socket,  // bytes as they come
  };

  // Everything goes to this port of the loopback address, wherever it was meant for.
  Relay(Way way, std::uint16_t to, std::string path = {});
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  Relay(Relay&&) = delete;
  Relay& operator=(Relay&&) = delete;

  // "127.0.0.1:PORT", or the path.
  std::string address() const;
  // What was asked for, once a connection: the head of CONNECT, or "name NAME:PORT" and
  // "address A.B.C.D:PORT" of SOCKS5; of a socket, nothing.
  std::vector<std::string> asked() const;
  // From now on whoever asks is answered with this line: "407 Proxy Authentication Required".
  void refuse(std::string with);

 private:
  void accept_connections();
  void serve(int client);
  bool agree(int client);
  bool agree_on_connect(int client);
  bool agree_on_socks5(int client);
  void pump(int client, int server) const;
  void note(std::string asked);

  Way way_;
  std::uint16_t to_;
  std::string path_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopped_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::string refusal_;
  std::list<std::thread> connections_;
  std::thread thread_;
};

}  // namespace meshcheck::kubeapi
