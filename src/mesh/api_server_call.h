// Who has the API server call a Service of the cluster.
#pragma once

#include <cstdint>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/resource.h"

namespace meshcheck {

struct ApiServerCall {
  const Resource* owner = nullptr;  // the webhook configuration, APIService or definition
  Node service;                     // its reference: a mapping with `namespace` and `name`
  std::int64_t port = 0;            // of the Service
};

// Of admission webhooks, aggregated APIs and conversions, in this order.
std::vector<ApiServerCall> api_server_calls(const ResourceIndex& resources);

}  // namespace meshcheck
