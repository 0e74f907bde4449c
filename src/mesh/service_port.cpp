#include "meshcheck/service_port.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/api_server_call.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

std::string by_name(const std::string& name) {
  if (name.starts_with("grpc-web")) return "grpc-web";
  constexpr std::array<std::string_view, 11> kKnown = {"tcp",        "udp",   "grpc",  "http",
                                                       "http_proxy", "http2", "https", "tls",
                                                       "mongo",      "redis", "mysql"};
  const std::string word = name.substr(0, name.find('-'));
  return std::ranges::count(kKnown, word) == 0 ? std::string() : word;
}

std::string service_key(std::string_view name_space, std::string_view name) {
  return fmt::format("{}/{}", name_space, name);
}

}  // namespace

// istio: pkg/config/kube/conversion.go, ConvertProtocol; pkg/config/protocol/instance.go, Parse
std::string declared_protocol(Node port) {
  if (port["protocol"].text() == "UDP") return "udp";
  std::string name = lower(port["name"].text());
  if (const Node app = port["appProtocol"]; !app.is_null()) {
    name = lower(app.text());
    if (name == "kubernetes.io/h2c") return "http2";
    if (name == "kubernetes.io/ws") return "http";
    if (name == "kubernetes.io/wss") return "https";
  }
  std::string found = by_name(name);
  constexpr std::array<std::int64_t, 4> kTcpPorts = {25, 53, 3306, 27017};
  if (found.empty() && std::ranges::count(kTcpPorts, port["port"].integer().value_or(0)) != 0) {
    found = "tcp";
  }
  return found;
}

bool is_opaque_protocol(std::string_view protocol) {
  constexpr std::array<std::string_view, 6> kOpaque = {"tcp",   "tls",   "https",
                                                       "mongo", "mysql", "redis"};
  return std::ranges::count(kOpaque, protocol) != 0;
}

ApiServerCalls::ApiServerCalls(const Mesh& mesh) {
  for (const ApiServerCall& call : api_server_calls(*mesh.resources)) {
    ports_[service_key(call.service["namespace"].text(), call.service["name"].text())].push_back(
        call.port);
  }
}

bool ApiServerCalls::reaches(const Resource& service, Node port) const {
  const auto found = ports_.find(service_key(service.name_space(), service.name()));
  return found != ports_.end() &&
         std::ranges::count(found->second, port["port"].integer().value_or(0)) != 0;
}

}  // namespace meshcheck
