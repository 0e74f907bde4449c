// Reads from one cluster everything that rules ask for.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "live/client.h"
#include "live/istiods.h"
#include "live/snapshot.h"

namespace meshcheck::live {

struct CollectOptions {
  std::vector<std::string> namespaces;  // the only ones to read; empty: all
  std::vector<std::string> kinds;       // the only ones to list; empty: all
  // Tried where namespaces cannot be listed, beside istio-system: the context's own.
  std::string name_space;
  bool forward = true;  // ports of istiods' pods may be forwarded
  bool drift = true;    // ask istiods about their proxies; needs that
  // How long a proxy may leave what it was sent unacknowledged; 0: one look.
  std::chrono::seconds drift_window{60};
  AskIstioctl istioctl = {};  // asked where ports cannot be forwarded; may be empty
  std::function<void(std::string_view)> progress = [](std::string_view) {};
};

// Whatever goes wrong is in the answer. `name`, `server` and the like of the cluster are the
// caller's to fill.
Cluster collect(Client& client, const CollectOptions& options, const Pace& pace);

}  // namespace meshcheck::live
