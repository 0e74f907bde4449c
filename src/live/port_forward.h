// Asks a pod's own loopback port, as `istioctl` does: a WebSocket to the API server, HTTP inside.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "live/client.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

struct PodPort {
  std::string name_space;
  std::string pod;
  std::uint16_t port = 15014;
};

// What a pod's HTTP server said.
struct PodAnswer {
  Reading reading = Reading::skipped;  // whole: it answered, whatever the status; absent: no such
                                       // pod; forbidden: by RBAC, not by the pod
  int status = 0;
  std::string body;
  std::optional<std::chrono::sys_seconds> date;  // of its `Date` header: the pod's clock
  std::optional<Error> error;
};

// GET `path` of the pod by port-forwarding; one connection each. Needs `get` on pods/portforward,
// from Kubernetes 1.35 `create` too.
PodAnswer port_forward_get(Client& client, const PodPort& pod, std::string_view path);

// GET `path` of the pod through the API server's proxy: the pod sees a caller from afar, so istiod
// answers /version and /metrics alone. Needs `get` on pods/proxy.
PodAnswer pod_proxy_get(Client& client, const PodPort& pod, std::string_view path);

// The same through a service, which picks one pod. Needs `get` on services/proxy.
PodAnswer service_proxy_get(Client& client, std::string_view name_space, std::string_view service,
                            std::uint16_t port, std::string_view path);

// The paths of istiod that may be asked for: none of them changes anything.
bool may_ask_istiod(std::string_view path);

}  // namespace meshcheck::live
