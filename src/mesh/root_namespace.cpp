#include "mesh/root_namespace.h"

#include <algorithm>

#include "mesh/read_policies.h"

namespace meshcheck {
namespace {

std::string_view name_in(const MeshConfig& config) {
  return config.root_namespace.value ? std::string_view(*config.root_namespace.value)
                                     : std::string_view{};
}

// By its own configuration, or by one of its revision in another namespace, else where it runs: the
// chart writes the namespace of its own installation (istio: manifests/charts/istio-control/
// istio-discovery/templates/configmap.yaml).
std::string_view root_of(const Mesh& mesh, const ControlPlane& plane) {
  std::string_view found;
  for (const MeshConfig& config : mesh.mesh_configs) {
    if (config.revision != plane.revision || name_in(config).empty()) continue;
    if (config.name_space == plane.name_space) return name_in(config);
    if (found.empty()) found = name_in(config);
  }
  return found.empty() ? std::string_view(plane.name_space) : found;
}

}  // namespace

RootNamespaces::RootNamespaces(const Mesh& mesh) : mesh_(mesh) {
  for (const ControlPlane& plane : mesh.control_planes) add(plane.revision, root_of(mesh, plane));
  for (const MeshConfig& config : mesh.mesh_configs) {
    const bool is_read = mesh.find_control_plane(config.revision) != nullptr;
    if (!is_read && !name_in(config).empty()) add(config.revision, name_in(config));
  }
  // One whose manifest names no namespace is beside others a control plane of unknown root.
  if (several()) std::erase(names_, "");
  if (names_.empty()) names_.emplace_back(RootNamespace{}.name);
  for (const Gateway& gateway : mesh.gateways) {
    if (gateway.workload != nullptr) gateway_revisions_[gateway.workload] = gateway.revision;
  }
  for (const RequestedGateway& gateway : mesh.requested_gateways) {
    gateway_revisions_[gateway.object] = gateway.revision;
  }
}

void RootNamespaces::add(std::string_view revision, std::string_view root) {
  planes_.push_back({std::string(revision), std::string(root)});
  if (has(root)) return;
  names_.emplace_back(root);
  std::ranges::sort(names_);
}

bool RootNamespaces::has(std::string_view name_space) const {
  return std::ranges::find(names_, name_space) != names_.end();
}

std::string_view RootNamespaces::of_revision(std::string_view revision) const {
  if (!several()) return names_.front();
  std::string_view found;
  for (const Plane& plane : planes_) {
    if (plane.revision != revision) continue;
    // Two control planes of one revision, in namespaces of their own.
    if (!found.empty() && found != plane.root) return {};
    found = plane.root;
  }
  return found;
}

std::string_view RootNamespaces::of(const Workload& workload) const {
  const InjectionDecision& decision = workload.decision;
  if (decision.injected) return of_revision(decision.revision);
  if (decision.reason == InjectionReason::ambient) {
    // ztunnel, which the default revision serves.
    const RevisionTag* tag = mesh_.find_tag("default");
    return of_revision(tag == nullptr ? "default" : std::string_view(tag->revision));
  }
  const auto gateway = gateway_revisions_.find(workload.object);
  return of_revision(gateway == gateway_revisions_.end()
                         ? std::string_view(workload.running_revision)
                         : gateway->second);
}

std::string_view RootNamespaces::of(const PolicyTarget& target) const {
  if (target.workload != nullptr) return of(*target.workload);
  const auto gateway = gateway_revisions_.find(target.object);
  if (gateway != gateway_revisions_.end()) return of_revision(gateway->second);
  for (const Gateway& declared : mesh_.gateways) {
    const bool is_it = declared.workload == nullptr && declared.name == target.name &&
                       declared.name_space == target.name_space;
    if (is_it && target.object == nullptr) return of_revision(declared.revision);
  }
  return of_revision({});
}

std::string_view RootNamespaces::of_namespace(std::string_view name_space) const {
  if (!several()) return names_.front();
  const Namespace* object = mesh_.find_namespace(name_space);
  if (object != nullptr && object->decision.injected) return of_revision(object->decision.revision);
  std::string_view found;
  for (const Workload& workload : mesh_.workloads) {
    const std::string_view root = workload.name_space == name_space ? of(workload) : "";
    if (root.empty() || root == found) continue;
    if (!found.empty()) return {};
    found = root;
  }
  return found;
}

void read_root_namespace(Mesh& mesh) {
  const RootNamespaces roots(mesh);
  mesh.root_namespace = {.name = roots.names().front(), .assumed = roots.assumed()};
}

}  // namespace meshcheck
