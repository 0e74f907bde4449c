// A raw stream over a connection that libcurl made, TLS and proxies included.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "live/curl.h"
#include "live/transport.h"

namespace meshcheck::live {

// Takes `handle`, which has connected with CURLOPT_CONNECT_ONLY. Waits no longer than `patience`
// (0: a minute) for a byte.
std::unique_ptr<Tunnel> open_tunnel(const Curl& curl, CURL* handle,
                                    std::chrono::milliseconds patience,
                                    const std::atomic<bool>* cancel);

}  // namespace meshcheck::live
