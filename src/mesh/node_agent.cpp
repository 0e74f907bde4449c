// ztunnel and the CNI agent: their DaemonSets, and what asks for them.
#include <algorithm>

#include "mesh/chart_defaults.h"
#include "mesh/container_resources.h"
#include "mesh/declaration.h"
#include "mesh/pod_count.h"
#include "mesh/rendered.h"
#include "mesh/workload_settings.h"
#include "meshcheck/container.h"

namespace meshcheck {
namespace {

using Kind = NodeAgent::Kind;

// What the two charts make (istio: manifests/charts/ztunnel, manifests/charts/istio-cni).
struct Chart {
  Kind kind;
  std::string_view name;
  std::string_view container;
  std::string_view daemon_set;
  std::string_view label;
};
constexpr Chart kZtunnel{Kind::ztunnel, "ztunnel", kProxyContainer, "ztunnel", "app"};
constexpr Chart kCni{Kind::cni, "cni", "install-cni", "istio-cni-node", "k8s-app"};

void add_declared(const Declaration& declaration, const EffectiveValues& istiod, const Chart& chart,
                  Node k8s, std::string name_space, Mesh& mesh) {
  const EffectiveValues values({.chart = std::string(chart.name),
                                .version = istiod.version(),
                                .assumed = istiod.assumed(),
                                .user = declaration.values,
                                .rendered = {},
                                .profile = declaration.profile,
                                .profile_node = declaration.profile_node,
                                .opaque = declaration.opaque,
                                .anchor = declaration.anchor});
  NodeAgent agent;
  agent.kind = chart.kind;
  agent.name_space = std::move(name_space);
  agent.name = chart.daemon_set;
  if (const auto name = values.text("resourceName").value; name && chart.kind == Kind::ztunnel) {
    agent.name = *name;
  }
  const bool there = std::ranges::any_of(mesh.node_agents, [&](const NodeAgent& other) {
    return other.kind == agent.kind && other.name_space == agent.name_space;
  });
  if (there) return;
  if (!istiod.assumed()) agent.version = istiod.version();
  agent.source = declaration.source;
  agent.anchor = declaration.anchor;
  ChartWorkload workload;
  workload.prefix = chart.kind == Kind::cni && values.pilot_prefix() ? "cni." : "";
  workload.container = chart.container;
  workload.object = {.api_version = "apps/v1",
                     .kind = "DaemonSet",
                     .name_space = agent.name_space,
                     .name = agent.name,
                     .revision = {}};
  workload.anchor = declaration.anchor;
  workload.k8s = k8s;
  agent.resources = read_workload(values, workload).resources;
  mesh.node_agents.push_back(std::move(agent));
}

}  // namespace

HelmValue installed_components(const Declaration& declaration, const Version& version) {
  const std::string profile = declaration.profile.empty() ? "default" : declaration.profile;
  HelmValue components = layer_values(ValueLayer::components, "default", version);
  merge(components, layer_values(ValueLayer::components, profile, version));
  if (declaration.components) merge(components, user_values(declaration.components));
  return components;
}

void add_operator_agents(const Declaration& declaration, const EffectiveValues& istiod,
                         Mesh& mesh) {
  const HelmValue installed = installed_components(declaration, istiod.version());
  for (const Chart& chart : {kCni, kZtunnel}) {
    if (!installed[chart.name]["enabled"].truth()) continue;
    const std::string& own = installed[chart.name]["namespace"].text;
    add_declared(declaration, istiod, chart, declaration.components[chart.name]["k8s"],
                 own.empty() ? declaration.name_space : own, mesh);
  }
}

void add_agent_release(const Declaration& declaration, const EffectiveValues& istiod, Mesh& mesh) {
  add_declared(declaration, istiod, declaration.chart == kCni.name ? kCni : kZtunnel, {},
               declaration.name_space, mesh);
}

void read_node_agents(const ResourceIndex& resources, Mesh& mesh) {
  for (const Resource* set : resources.of_kind("DaemonSet")) {
    const Node pod = set->pod_template();
    for (const Chart& chart : {kCni, kZtunnel}) {
      Node container = find_container(pod["spec"], chart.container);
      if (!container) container = pod["spec"]["containers"].at(0);
      const std::string_view label = pod["metadata"]["labels"][chart.label].text();
      const bool named = label == (chart.kind == Kind::cni ? chart.daemon_set : chart.name);
      if (!container || !named) continue;
      NodeAgent agent;
      agent.kind = chart.kind;
      agent.name_space = set->name_space();
      agent.name = set->name();
      agent.version = Version::parse(image_tag(container["image"].text()));
      agent.source = set->is_live() ? ControlPlaneSource::live : ControlPlaneSource::rendered;
      agent.workload = set;
      agent.anchor = set->anchor();
      agent.resources = read_container_resources(container["resources"], container["name"]);
      mesh.node_agents.push_back(std::move(agent));
    }
  }
}

void count_node_agents(Mesh& mesh) {
  const PodCounts counts(mesh);
  for (NodeAgent& agent : mesh.node_agents) agent.pods = counts.of_daemons();
}

}  // namespace meshcheck
