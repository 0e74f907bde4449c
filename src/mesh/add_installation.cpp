// Turns one declared installation of the istiod chart into the control plane, injector, mesh
// configuration and tags that it makes.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/chart_defaults.h"
#include "mesh/declaration.h"
#include "mesh/declared_injector.h"
#include "mesh/declared_version.h"
#include "mesh/read_access_log.h"
#include "mesh/read_injection.h"
#include "mesh/rendered.h"
#include "mesh/workload_settings.h"
#include "meshcheck/container.h"

namespace meshcheck {
namespace {

constexpr std::string_view kDefaultRevision = "default";

class Installation {
 public:
  Installation(const Declaration& declaration, const BuildOptions& options)
      : declaration_(declaration),
        versions_(declared_versions(declaration, options)),
        values_({.chart = "istiod",
                 .version = versions_.chart,
                 .assumed = versions_.assumed,
                 .user = declaration.values,
                 .rendered = declaration.rendered,
                 .profile = helm_profile(declaration.profile),
                 .profile_node = declaration.profile_node,
                 .opaque = declaration.opaque,
                 .anchor = declaration.anchor}) {
    const auto revision = values_.text("revision");
    if (revision.value && !revision.value->empty()) revision_ = *revision.value;
    // Better `${REVISION}` than the claim that there is none.
    if (values_.find("revision").unknown() && values_.find("revision").truth()) {
      revision_ = values_.find("revision").text;
    }
    revision_known_ = revision.known() && declaration.revision_known;
    name_space_ = declaration.name_space;
    if (name_space_.empty()) {
      name_space_ = values_.text("global.istioNamespace").value.value_or("istio-system");
    }
  }

  const std::string& revision() const { return revision_; }
  const std::string& name_space() const { return name_space_; }
  const EffectiveValues& values() const { return values_; }
  bool revision_known() const { return revision_known_; }
  bool settings_below_pilot() const;

  bool makes_istiod() const;
  bool remote() const { return values_.truth("istiodRemote.enabled"); }
  ControlPlane control_plane(const ResourceIndex& resources) const;
  std::optional<Injector> injector() const;
  std::optional<MeshConfig> mesh_config() const;
  std::vector<RevisionTag> tags() const;

 private:
  // `openshift-ambient` is `ambient` on a platform (istio: manifests/profiles).
  static std::string helm_profile(const std::string& profile) {
    return profile == "openshift-ambient" ? "ambient" : profile;
  }
  std::string named(std::string_view base) const {
    return revision_ == kDefaultRevision ? std::string(base)
                                         : fmt::format("{}-{}", base, revision_);
  }
  ChartWorkload workload(const ResourceIndex& resources) const;
  Node profile_node() const;
  void add_sniffing(std::vector<EnvVar>& env) const;
  Traced<std::string> image() const;

  const Declaration& declaration_;
  DeclaredVersions versions_;
  EffectiveValues values_;
  std::string revision_{kDefaultRevision};
  bool revision_known_ = true;
  std::string name_space_;
};

// Below `pilot` a setting has its effect in every version. At the top it has one from 1.24 only,
// and none where the same key stands below `pilot` too: there it goes only where the user's values,
// or a version that is more than assumed, show that it is read.
bool Installation::settings_below_pilot() const {
  if (values_.pilot_prefix() || values_.find("pilot").truth()) return true;
  constexpr std::array<std::string_view, 8> kOwn = {
      "resources",    "autoscaleEnabled", "autoscaleMin", "autoscaleMax",
      "replicaCount", "affinity",         "cpu",          "env"};
  return versions_.assumed &&
         std::ranges::none_of(kOwn, [&](auto key) { return declaration_.values[key].present; });
}

bool Installation::makes_istiod() const {
  if (declaration_.components) {
    const HelmValue components = installed_components(declaration_, values_.version());
    if (!components.find("pilot.enabled").truth()) return false;
  } else if (declaration_.method == InstallMethod::istiooperator) {
    const HelmValue made =
        layer_values(ValueLayer::components, declaration_.profile, values_.version());
    if (made.find("pilot.enabled").present && !made.find("pilot.enabled").truth()) return false;
  }
  // istio: …/istio-discovery/templates/deployment.yaml
  if (values_.find("global.resourceScope").text == "cluster") return false;
  return !remote() || values_.truth("istiodRemote.enabledLocalInjectorIstiod");
}

ChartWorkload Installation::workload(const ResourceIndex& resources) const {
  ChartWorkload workload;
  workload.resources = &resources;
  workload.prefix = values_.own("");
  workload.container = kIstiodContainer;
  workload.object = {.api_version = "apps/v1",
                     .kind = "Deployment",
                     .name_space = name_space_,
                     .name = named("istiod"),
                     .revision = revision_};
  workload.anchor = declaration_.anchor;
  workload.k8s = declaration_.components["pilot"]["k8s"];
  workload.budget_settings = true;
  const bool unrevisioned = revision_ == kDefaultRevision;
  Labels& labels = workload.pod_labels;
  for (const HelmMember& label : values_.find(values_.own("podLabels")).members) {
    labels[label.key] = label.value.text;
  }
  labels["app"] = "istiod";
  labels["istio.io/rev"] = revision_;
  labels["istio"] = unrevisioned ? "pilot" : "istiod";
  labels["sidecar.istio.io/inject"] = "false";
  labels["operator.istio.io/component"] = "Pilot";
  if (values_.version().at_least(1, 22)) labels["istio.io/dataplane-mode"] = "none";
  if (values_.version().at_least(1, 24)) {
    labels["app.kubernetes.io/name"] = "istiod";
    labels["app.kubernetes.io/part-of"] = "istio";
    labels["app.kubernetes.io/instance"] = "istiod";
  }
  return workload;
}

Traced<std::string> Installation::image() const {
  const auto name = values_.text(values_.own("image"));
  if (name.value && name.value->find('/') != std::string::npos) return {*name.value, name.from};
  const auto setting = [&](std::string_view key) {
    const bool own = values_.truth(values_.own(key));
    return values_.text(own ? values_.own(key) : fmt::format("global.{}", key));
  };
  const auto hub = setting("hub");
  const auto tag = setting("tag");
  if (!tag.value || tag.value->empty()) return {"", tag.from};
  const std::string repository = hub.value.value_or("");
  return {fmt::format("{}{}pilot:{}", repository, repository.empty() ? "" : "/", *tag.value),
          tag.from};
}

Node Installation::profile_node() const {
  if (declaration_.profile_node) return declaration_.profile_node;
  const HelmValue& own = declaration_.values.find("profile");
  return own.truth() ? own.from.node : declaration_.values.find("global.profile").from.node;
}

// Charts up to 1.18 set these two variables from values (istio: …/istio-discovery/templates/
// deployment.yaml); later istiods do not know them.
void Installation::add_sniffing(std::vector<EnvVar>& env) const {
  if (values_.version().at_least(1, 19)) return;
  for (const char* direction : {"Outbound", "Inbound"}) {
    const std::string path = fmt::format("pilot.enableProtocolSniffingFor{}", direction);
    std::string name = fmt::format("PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_{}", direction);
    for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool there =
        std::ranges::any_of(env, [&](const EnvVar& other) { return other.name == name; });
    if (there) continue;
    const auto value = values_.text(path);
    env.push_back({.name = name, .value = value.value, .node = value.from.node});
  }
}

ControlPlane Installation::control_plane(const ResourceIndex& resources) const {
  const ChartWorkload chart_workload = workload(resources);
  WorkloadSettings settings = read_workload(values_, chart_workload);
  obscure_patched(declaration_, chart_workload, settings);
  ControlPlane plane;
  plane.name = chart_workload.object.name;
  plane.name_space = name_space_;
  plane.revision = revision_;
  plane.revision_known = revision_known_;
  plane.source = declaration_.source;
  plane.method = declaration_.method;
  plane.pilot_prefix = settings_below_pilot();
  plane.profile = declaration_.profile.empty() ? values_.profile() : declaration_.profile;
  plane.profile_node = profile_node();
  plane.version = versions_.istiod;
  plane.version_from = versions_.from;
  plane.image = image();
  plane.object = declaration_.object;
  plane.object.revision = revision_;
  plane.anchor = declaration_.anchor;
  plane.resources = std::move(settings.resources);
  plane.fixed_replicas = std::move(settings.fixed_replicas);
  plane.autoscaler = std::move(settings.autoscaler);
  plane.autoscaler_known = settings.autoscaler_known;
  plane.budgets = std::move(settings.budgets);
  plane.budgets_known = settings.budgets_known;
  plane.budget_trap = std::move(settings.budget_trap);
  plane.budget_unseen = settings.budget_unseen;
  plane.budget_off = settings.budget_off;
  plane.asked = settings.asked;
  plane.k8s = chart_workload.k8s;
  plane.vertical = find_vertical_autoscaler(
      resources, {.object = chart_workload.object, .container = chart_workload.container});
  plane.spread = std::move(settings.spread);
  plane.spread_known = settings.spread_known && revision_known_;
  plane.env = std::move(settings.env);
  add_sniffing(plane.env);
  plane.declared_replicas = plane.fixed_replicas.from.kind == Provenance::Kind::input;
  return plane;
}

std::optional<Injector> Installation::injector() const {
  if (values_.truth("global.omitSidecarInjectorConfigMap")) return std::nullopt;
  const bool cni_component =
      declaration_.method == InstallMethod::istiooperator &&
      installed_components(declaration_, values_.version()).find("cni.enabled").truth();
  return Injector{.name = named("istio-sidecar-injector"),
                  .name_space = name_space_,
                  .revision = revision_,
                  .resources = values_.resources("global.proxy.resources"),
                  .anchor = values_.nearest("global.proxy.resources"),
                  .policy = declared_policy(values_),
                  .log_level = values_.text("global.proxy.logLevel"),
                  .component_log_level = values_.text("global.proxy.componentLogLevel"),
                  .sidecar = declared_sidecar(values_, versions_.istiod, cni_component),
                  .agent_log_level = values_.text("global.logging.level"),
                  .waypoint = values_.resources("global.waypoint.resources")};
}

std::optional<MeshConfig> Installation::mesh_config() const {
  const std::string wanted = values_.own("configMap");
  if (values_.find(wanted).present && !values_.truth(wanted)) return std::nullopt;
  MeshConfig config;
  config.name = named("istio");
  config.name_space = name_space_;
  config.revision = revision_;
  config.access_log_file = values_.text("meshConfig.accessLogFile");
  config.root_namespace = values_.text("meshConfig.rootNamespace");
  if (!config.root_namespace.value) config.root_namespace = values_.text("global.istioNamespace");
  config.trust_domain = values_.text("meshConfig.trustDomain");
  if (!config.trust_domain.value && config.trust_domain.known()) {
    config.trust_domain.value = "cluster.local";
    config.trust_domain.from.kind = Provenance::Kind::chart_default;
    config.trust_domain.from.text = "chart default";
  }
  for (const HelmValue& provider :
       values_.find("meshConfig.defaultProviders.accessLogging").items) {
    config.access_log_providers.push_back(provider.text);
    config.default_log_providers.push_back({provider.text, provider.from.node});
  }
  config.log_providers = read_log_providers(values_.find("meshConfig.extensionProviders"));
  const auto service = values_.text("meshConfig.enableEnvoyAccessLogService");
  config.access_log_service = {service.value == "true", service.from};
  config.root = declaration_.values["meshConfig"].from.node;
  for (const HelmValue& provider : values_.find("meshConfig.extensionProviders").items) {
    if (provider.from.kind == Provenance::Kind::input) continue;
    config.profile_providers.push_back(provider["name"].text);
  }
  return config;
}

std::vector<RevisionTag> Installation::tags() const {
  std::vector<RevisionTag> tags;
  // Charts before 1.10 know no tags.
  if (!values_.version().at_least(1, 10)) return tags;
  for (const HelmValue& tag : values_.find("revisionTags").items) {
    if (tag.unknown() || tag.text.empty()) continue;
    tags.push_back(
        {.name = tag.text, .revision = revision_, .namespaces = {}, .anchor = tag.from.node});
  }
  return tags;
}

// Where a control plane of the cluster, or one told by a surer source, is this very installation.
ControlPlane* find_same(const Installation& installation, ControlPlaneSource source, Mesh& mesh) {
  for (ControlPlane& plane : mesh.control_planes) {
    if (plane.revision != installation.revision() ||
        plane.name_space != installation.name_space()) {
      continue;
    }
    if (plane.source == ControlPlaneSource::live ||
        source == ControlPlaneSource::values_configmap) {
      return &plane;
    }
  }
  return nullptr;
}

template <class T>
void add_missing(std::vector<T>& all, std::optional<T> made) {
  if (!made) return;
  const bool there = std::any_of(all.begin(), all.end(), [&](const T& other) {
    return other.name == made->name && other.name_space == made->name_space;
  });
  if (!there) all.push_back(std::move(*made));
}

void add_tags(const Installation& installation, const ResourceIndex& resources, Mesh& mesh) {
  for (RevisionTag& tag : installation.tags()) {
    const bool there = std::ranges::any_of(mesh.tags, [&](const auto& other) {
      return other.name == tag.name && other.revision == tag.revision;
    });
    if (there) continue;
    tag.namespaces = namespaces_on_tag(resources, tag.name);
    mesh.tags.push_back(std::move(tag));
  }
}

}  // namespace

void add_installation(const Declaration& declaration, const ResourceIndex& resources,
                      const BuildOptions& options, Mesh& mesh) {
  const Installation installation(declaration, options);
  if (declaration.chart == "gateway") {
    add_gateway_release(declaration, installation.values(), resources, mesh);
    return;
  }
  if (declaration.chart != "istiod") {
    add_agent_release(declaration, installation.values(), mesh);
    return;
  }
  if (ControlPlane* same = find_same(installation, declaration.source, mesh)) {
    if (same->method == InstallMethod::objects) same->method = declaration.method;
    if (same->profile.empty()) same->profile = installation.values().profile();
    // The chart wrote down what its injector was made with, whose own ConfigMap may not be here.
    if (declaration.source == ControlPlaneSource::values_configmap) {
      add_missing(mesh.injectors, installation.injector());
    }
    return;
  }
  const bool runs_istiod = installation.makes_istiod();
  add_missing(mesh.injectors, installation.injector());
  if (runs_istiod) {
    mesh.control_planes.push_back(installation.control_plane(resources));
  } else if (installation.remote() && installation.revision_known()) {
    add_remote_webhooks(installation.revision(), installation.name_space(),
                        installation.values().truth("istiodRemote.injectionURL"),
                        declaration.anchor, mesh);
  }
  // An IstioOperator without istiod leaves the mesh configuration to the cluster that runs one.
  if (runs_istiod || declaration.method != InstallMethod::istiooperator) {
    add_missing(mesh.mesh_configs, installation.mesh_config());
  }
  add_tags(installation, resources, mesh);
  if (declaration.method == InstallMethod::istiooperator) {
    add_operator_gateways(declaration, installation.values(), installation.revision(), resources,
                          mesh);
    add_operator_agents(declaration, installation.values(), mesh);
  }
}

}  // namespace meshcheck
