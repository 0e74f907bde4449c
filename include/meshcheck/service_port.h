// What istiod takes the ports of Services for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/mesh.h"
#include "meshcheck/service.h"

namespace meshcheck {

// The protocol that a Service's port declares, in lower case ("http", "grpc-web", "tcp"); empty
// where it declares none, so that istiod guesses from the first bytes.
std::string declared_protocol(Node port);
// Whether Envoy passes that protocol on without seeing requests in it: HTTP attributes of policies
// cannot be judged there.
bool is_opaque_protocol(std::string_view protocol);

// The Services whose only known caller is the API server: of webhooks, APIServices, conversions.
class ApiServerCalls {
 public:
  explicit ApiServerCalls(const Mesh& mesh);
  bool reaches(const Resource& service, Node port) const;

 private:
  std::unordered_map<std::string, std::vector<std::int64_t>> ports_;
};

}  // namespace meshcheck
