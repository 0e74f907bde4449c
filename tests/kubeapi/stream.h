// One accepted connection as bytes, with TLS or without, and the ways in which it may end.
#pragma once

#include <cstddef>
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct FreeSslContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, FreeSslContext>;

// Blocks; interrupt() wakes it from another thread.
class Stream {
 public:
  // Owns the socket. No context: plain.
  Stream(int socket, SSL_CTX* context);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  Stream(Stream&&) = delete;
  Stream& operator=(Stream&&) = delete;

  bool handshake();
  std::size_t read(char* bytes, std::size_t size);  // 0: nothing more comes
  bool write(std::string_view bytes);
  // Sends the end, and lets the client read all of it.
  void finish();
  // Ends so that the client sees a reset.
  void reset();
  void interrupt();
  // Until the client goes or interrupt(): what it sends is thrown away.
  void wait_for_end();

  std::string server_name() const;
  // Of the client; null where it showed none. `verified`: it holds.
  std::unique_ptr<X509, void (*)(X509*)> certificate(bool& verified) const;

 private:
  int socket_;
  bool ended_ = false;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace meshcheck::kubeapi
