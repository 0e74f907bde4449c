#include "mesh/container_resources.h"
#include "mesh/injection_template.h"
#include "mesh/label_selector.h"
#include "mesh/rendered.h"

namespace meshcheck {
namespace {

InjectorPolicy read_policy(Node config, Node values) {
  InjectorPolicy policy;
  if (const Node written = config["policy"]) policy.policy = written.text();
  for (const Node selector : config["alwaysInjectSelector"].items()) {
    policy.always_inject.push_back(read_selector(selector));
  }
  for (const Node selector : config["neverInjectSelector"].items()) {
    policy.never_inject.push_back(read_selector(selector));
  }
  policy.namespaces_by_default =
      values["sidecarInjectorWebhook"]["enableNamespacesByDefault"].boolean().value_or(false);
  return policy;
}

Traced<std::optional<std::string>> read_level(Node node) {
  if (node.is_null()) return {};
  return {std::string(node.text()), from_input(node)};
}

// istio: …/istio-discovery/templates/istiod-injector-configmap.yaml; the values hold `pilot` from
// 1.24 and its environment from 1.26, `istio_cni` before.
SidecarSettings read_sidecar_settings(Node config, Node values) {
  SidecarSettings settings;
  const std::string_view tag = values["global"]["tag"].text();
  if (!tag.empty()) settings.version = Version::parse(tag);
  if (const Node native = values["pilot"]["env"]["ENABLE_NATIVE_SIDECARS"]) {
    settings.native = std::string(native.text());
  }
  for (const Node name : config["defaultTemplates"].items()) {
    settings.default_templates.emplace_back(name.text());
  }
  for (const Entry one : config["templates"].entries()) {
    if (is_istios_template(one.key.text())) continue;
    settings.own_templates.push_back(
        {std::string(one.key.text()), sets_resources(one.value.text())});
  }
  for (const Entry alias : config["aliases"].entries()) {
    settings.aliases.push_back({std::string(alias.key.text()), {}});
    for (const Node name : alias.value.items()) {
      settings.aliases.back().templates.emplace_back(name.text());
    }
  }
  for (const Node enabled : {values["pilot"]["cni"]["enabled"], values["istio_cni"]["enabled"]}) {
    if (enabled.boolean()) settings.cni = enabled.boolean();
  }
  return settings;
}

}  // namespace

// istiod finds its injector's ConfigMap by name (istio: pilot/pkg/bootstrap/sidecarinjector.go), so
// the name tells the revision and labels do not.
void read_injectors(const ResourceIndex& resources, Mesh& mesh) {
  for (const Resource* map : resources.of_kind("ConfigMap")) {
    const auto revision = revision_in_name(map->name(), "istio-sidecar-injector");
    const Node values = map->root()["data"]["values"];
    if (!revision || !values) continue;
    Injector injector{.name = std::string(map->name()),
                      .name_space = std::string(map->name_space()),
                      .revision = *revision,
                      .resources = {},
                      .anchor = map->anchor()};
    const Node read = values.embedded();
    injector.resources =
        read_container_resources(read["global"]["proxy"]["resources"], map->anchor());
    const Node proxy = read["global"]["proxy"];
    injector.log_level = read_level(proxy["logLevel"]);
    injector.component_log_level = read_level(proxy["componentLogLevel"]);
    injector.agent_log_level = read_level(read["global"]["logging"]["level"]);
    injector.waypoint =
        read_container_resources(read["global"]["waypoint"]["resources"], map->anchor());
    const Node config = map->root()["data"]["config"].embedded();
    injector.policy = read_policy(config, read);
    injector.sidecar = read_sidecar_settings(config, read);
    if (!read) {
      const Provenance unknown{Provenance::Kind::unknown, values, "values that are not JSON"};
      injector.resources = {{{}, unknown}, {{}, unknown}, {{}, unknown}, {{}, unknown}};
    }
    mesh.injectors.push_back(std::move(injector));
  }
}

}  // namespace meshcheck
