#include <string_view>

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

// A field of the mesh configuration, else of the shared one beneath it.
struct Layers {
  Node own;
  Node shared;

  Node field(const char* key) const {
    const Node node = own[key];
    return node ? node : shared[key];
  }
};

Traced<std::optional<bool>> read_flag(Node node, Node owner) {
  if (node.is_null()) return {std::nullopt, absent_at(owner)};
  return {node.boolean(), written(node)};
}

Traced<std::optional<std::string>> read_text(Node node, Node owner) {
  if (node.is_null()) return {std::nullopt, absent_at(owner)};
  return {std::string(node.text()), written(node)};
}

void read_fields(const Layers& layers, Node owner, MeshConfig& config) {
  config.root = layers.own;
  config.access_log_file = read_text(layers.field("accessLogFile"), owner);
  config.root_namespace = read_text(layers.field("rootNamespace"), owner);
  config.trust_domain = read_text(layers.field("trustDomain"), owner);
  for (const Node provider : layers.field("defaultProviders")["accessLogging"].items()) {
    config.access_log_providers.emplace_back(provider.text());
    config.default_log_providers.push_back({std::string(provider.text()), provider});
  }
  config.access_log_service = read_flag(layers.field("enableEnvoyAccessLogService"), owner);
  config.log_providers = read_log_providers(layers.field("extensionProviders"));
}

}  // namespace

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
                      .root = {}};
    const Resource* shared =
        resources.find("ConfigMap", config.name_space, shared_config_of(mesh, config));
    const Layers layers{
        .own = text.embedded(),
        .shared = shared == nullptr ? Node{} : shared->root()["data"]["mesh"].embedded()};
    read_fields(layers, map->anchor(), config);
    if (!layers.own && !text.text().empty()) {
      config.access_log_file.from = {Provenance::Kind::unknown, text, "it is no YAML"};
    }
    mesh.mesh_configs.push_back(std::move(config));
  }
}

}  // namespace meshcheck
