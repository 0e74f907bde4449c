// Containers of a pod, found by their names.
#pragma once

#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck {

// The proxy, of sidecars and of gateways.
inline constexpr std::string_view kProxyContainer = "istio-proxy";
inline constexpr std::string_view kIstiodContainer = "discovery";

// The container of that name in a pod's spec, whether classic or a native sidecar; missing if none.
Node find_container(Node pod_spec, std::string_view name);

}  // namespace meshcheck
