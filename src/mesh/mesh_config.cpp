#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "mesh/container_resources.h"
#include "mesh/helm_value.h"
#include "mesh/read_access_log.h"
#include "mesh/rendered.h"

namespace meshcheck {
namespace {

// The ConfigMap that a control plane applies below its own (istio: pilot/pkg/bootstrap/mesh.go,
// toSources), or empty.
std::string_view shared_config_of(const Mesh& mesh, const MeshConfig& config) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.revision != config.revision || plane.name_space != config.name_space) continue;
    for (const EnvVar& variable : plane.env) {
      if (variable.name == "SHARED_MESH_CONFIG" && variable.value) return *variable.value;
    }
  }
  return {};
}

Traced<std::optional<bool>> read_flag(Node node, Node owner) {
  if (node.is_null()) return {std::nullopt, absent_at(owner)};
  return {node.boolean(), written(node)};
}

Traced<std::optional<std::string>> read_text(Node node, Node owner) {
  if (node.is_null()) return {std::nullopt, absent_at(owner)};
  return {std::string(node.text()), written(node)};
}

void read_fields(Node owner, MeshConfig& config) {
  config.access_log_file = read_text(config.field("accessLogFile"), owner);
  config.root_namespace = read_text(config.field("rootNamespace"), owner);
  config.trust_domain = read_text(config.field("trustDomain"), owner);
  for (const Node provider : config.default_providers("accessLogging").items()) {
    config.access_log_providers.emplace_back(provider.text());
    config.default_log_providers.push_back({std::string(provider.text()), provider});
  }
  config.access_log_service = read_flag(config.field("enableEnvoyAccessLogService"), owner);
  config.log_providers = read_log_providers(config.extension_providers());
}

// What it does not say itself, a ConfigMap that was not shown may say.
void leave_open(std::string_view shared, MeshConfig& config) {
  const auto open = [&](Provenance& from) {
    if (from.kind != Provenance::Kind::absent) return;
    from.kind = Provenance::Kind::unknown;
    from.text =
        fmt::format("ConfigMap {}, which SHARED_MESH_CONFIG names, is not in the input", shared);
  };
  open(config.access_log_file.from);
  open(config.access_log_service.from);
  open(config.trust_domain.from);
}

}  // namespace

Node MeshConfig::field(std::string_view key) const {
  const Node own = root[key];
  return own ? own : shared[key];
}

std::vector<Node> MeshConfig::extension_providers() const {
  std::vector<Node> all;
  for (const Node own : root["extensionProviders"].items()) all.push_back(own);
  for (const Node below : shared["extensionProviders"].items()) {
    const bool replaced = std::ranges::any_of(
        all, [&](Node own) { return own["name"].text() == below["name"].text(); });
    if (!replaced) all.push_back(below);
  }
  return all;
}

std::vector<Node> MeshConfig::trust_domain_aliases() const {
  std::vector<Node> all;
  for (const Node& config : {root, shared}) {
    for (const Node alias : config["trustDomainAliases"].items()) all.push_back(alias);
  }
  return all;
}

Node MeshConfig::default_providers(std::string_view signal) const {
  const Node own = root["defaultProviders"][signal];
  return own ? own : shared["defaultProviders"][signal];
}

void read_mesh_configs(const ResourceIndex& resources, Mesh& mesh) {
  for (const Resource* map : resources.of_kind("ConfigMap")) {
    const auto revision = revision_in_name(map->name(), "istio");
    const Node text = map->root()["data"]["mesh"];
    if (!revision || !text) continue;
    MeshConfig config{.name = std::string(map->name()),
                      .name_space = std::string(map->name_space()),
                      .revision = *revision,
                      .access_log_file = {},
                      .root_namespace = {},
                      .trust_domain = {},
                      .access_log_providers = {},
                      .profile_providers = {},
                      .root = {},
                      .shared = {}};
    const std::string_view below = shared_config_of(mesh, config);
    const Resource* shared = resources.find("ConfigMap", config.name_space, below);
    config.root = text.embedded();
    if (shared != nullptr) config.shared = shared->root()["data"]["mesh"].embedded();
    read_fields(map->anchor(), config);
    if (shared == nullptr && !below.empty()) leave_open(below, config);
    if (!config.root && !text.text().empty()) {
      config.access_log_file.from = {Provenance::Kind::unknown, text, "it is no YAML"};
    }
    mesh.mesh_configs.push_back(std::move(config));
  }
}

}  // namespace meshcheck
