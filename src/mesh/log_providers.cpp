#include <algorithm>
#include <array>

#include "mesh/read_access_log.h"

namespace meshcheck {
namespace {

using Kind = LogProvider::Kind;

// Members of a provider that can write access logs (istio: pilot/pkg/model/telemetry_logging.go,
// telemetryAccessLog).
Kind kind_of_member(std::string_view member) {
  if (member == "envoyFileAccessLog") return Kind::file;
  constexpr std::array<std::string_view, 3> kServices = {"envoyHttpAls", "envoyTcpAls",
                                                         "envoyOtelAls"};
  return std::ranges::count(kServices, member) != 0 ? Kind::service : Kind::no_log;
}

// istio: pkg/config/mesh/mesh.go, DefaultMeshConfig
std::vector<LogProvider> built_in() {
  return {{.name = "prometheus", .kind = Kind::no_log, .path = {}, .node = {}},
          {.name = "stackdriver", .kind = Kind::no_log, .path = {}, .node = {}},
          {.name = "envoy", .kind = Kind::file, .path = "/dev/stdout", .node = {}}};
}

void put(std::vector<LogProvider>& all, LogProvider provider) {
  const auto same = std::ranges::find(all, provider.name, &LogProvider::name);
  if (same == all.end()) {
    all.push_back(std::move(provider));
  } else {
    *same = std::move(provider);
  }
}

}  // namespace

std::vector<LogProvider> read_log_providers(const std::vector<Node>& extension_providers) {
  std::vector<LogProvider> all = built_in();
  for (const Node item : extension_providers) {
    LogProvider provider{
        .name = std::string(item["name"].text()), .kind = Kind::unknown, .path = {}, .node = item};
    for (const Entry member : item.entries()) {
      if (member.key.text() == "name") continue;
      provider.kind = kind_of_member(member.key.text());
      provider.path = member.value["path"].text();
    }
    put(all, std::move(provider));
  }
  return all;
}

std::vector<LogProvider> read_log_providers(const HelmValue& extension_providers) {
  std::vector<LogProvider> all = built_in();
  for (const HelmValue& item : extension_providers.items) {
    LogProvider provider{
        .name = item["name"].text, .kind = Kind::unknown, .path = {}, .node = item.from.node};
    for (const HelmMember& member : item.members) {
      if (member.key == "name") continue;
      provider.kind = kind_of_member(member.key);
      provider.path = member.value["path"].text;
    }
    put(all, std::move(provider));
  }
  return all;
}

}  // namespace meshcheck
