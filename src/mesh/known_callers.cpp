#include "meshcheck/known_callers.h"

#include <algorithm>

#include <fmt/format.h>

#include "meshcheck/mesh.h"
#include "meshcheck/service.h"
#include "meshcheck/variable.h"

namespace meshcheck {
namespace {

// Other clusters may have service accounts that are not here, and other meshes trust domains.
bool spans_clusters(const Mesh& mesh) {
  for (const ControlPlane& plane : mesh.control_planes) {
    for (const EnvVar& variable : plane.env) {
      if (variable.name == "CLUSTER_ID" && variable.value != "Kubernetes") return true;
    }
  }
  return std::ranges::any_of(mesh.gateways,
                             [](const Gateway& one) { return one.gateway_class == "eastwest"; }) ||
         std::ranges::any_of(mesh.mesh_configs, [](const MeshConfig& config) {
           return config.field("caCertificates").size() != 0 ||
                  config.root["defaultConfig"]["meshId"] ||
                  config.shared["defaultConfig"]["meshId"] || config.field("meshNetworks");
         });
}

void read_trust_domains(const Mesh& mesh, KnownCallers& callers) {
  if (mesh.mesh_configs.empty() || spans_clusters(mesh)) return;
  callers.trust_domains.insert("cluster.local");
  for (const MeshConfig& config : mesh.mesh_configs) {
    if (!config.trust_domain.known() ||
        name_holds_variable(config.trust_domain.value.value_or(""))) {
      callers.trust_domains.clear();
      return;
    }
    if (config.trust_domain.value) callers.trust_domains.insert(*config.trust_domain.value);
    for (const Node alias : config.trust_domain_aliases()) {
      callers.trust_domains.emplace(alias.text());
    }
  }
}

// A rendered stream holds a namespace with all of its accounts; in folders some lie elsewhere, or
// get their namespace from a kustomization.
bool lies_beside(const Resource& account, const Namespace* name_space) {
  return name_space != nullptr &&
         account.root().document()->source == name_space->object->root().document()->source;
}

// Accounts of workloads and of gateways that Istio deploys count as there; a namespace without a
// ServiceAccount of its own in the input is not judged.
void read_accounts(const Mesh& mesh, KnownCallers& callers) {
  if (spans_clusters(mesh)) return;
  for (const Resource* account : mesh.resources->of_kind("ServiceAccount")) {
    const std::string_view name_space = account->name_space();
    const bool whole = mesh.covers("ServiceAccount", name_space) ||
                       (lies_beside(*account, mesh.find_namespace(name_space)) &&
                        !mesh.workload_index->in_namespace(name_space).empty());
    if (whole) callers.accounts[name_space].insert(std::string(account->name()));
  }
  for (auto& [name_space, names] : callers.accounts) names.insert("default");
  for (const Workload& workload : mesh.workloads) {
    const auto known = callers.accounts.find(workload.name_space);
    if (known == callers.accounts.end()) continue;
    const Node pod = workload.object->pod_template()["spec"];
    known->second.emplace(pod["serviceAccountName"].text());
    known->second.emplace(pod["serviceAccount"].text());
  }
  for (const Resource* gateway : mesh.resources->of_kind("Gateway")) {
    const auto known = callers.accounts.find(gateway->name_space());
    if (known == callers.accounts.end() || gateway->group() != kGatewayApi) continue;
    const std::string name(gateway->name());
    const auto of_class = gateway->spec()["gatewayClassName"].text();
    known->second.insert({name, fmt::format("{}-{}", name, of_class)});
  }
}

}  // namespace

std::optional<Principal> parse_principal(std::string_view text) {
  const std::size_t ns = text.find("/ns/");
  const std::size_t sa = ns == std::string_view::npos ? ns : text.find("/sa/", ns + 4);
  if (sa == std::string_view::npos) return std::nullopt;
  const Principal read{text.substr(0, ns), text.substr(ns + 4, sa - ns - 4), text.substr(sa + 4)};
  for (const std::string_view part : {read.trust_domain, read.name_space, read.account}) {
    if (part.empty() || part.find('/') != std::string_view::npos) return std::nullopt;
  }
  return read;
}

KnownCallers known_callers(const Mesh& mesh) {
  KnownCallers callers;
  read_trust_domains(mesh, callers);
  read_accounts(mesh, callers);
  return callers;
}

}  // namespace meshcheck
