#include "mesh/build.h"

#include <algorithm>
#include <array>

#include "mesh/read_access_log.h"
#include "mesh/read_injection.h"
#include "mesh/read_mtls.h"
#include "mesh/read_policies.h"
#include "mesh/rendered.h"
#include "meshcheck/service.h"

namespace meshcheck {
namespace {

// A cluster that would not list a kind tells nothing of what istiod and gateways have of it.
void forget_what_was_not_listed(Mesh& mesh) {
  if (mesh.observed->listed.empty()) return;
  const auto forget = [&](auto& owner) {
    owner.autoscaler_known =
        owner.autoscaler_known && (owner.autoscaler.has_value() ||
                                   (mesh.covers("HorizontalPodAutoscaler", owner.name_space) &&
                                    mesh.covers("ScaledObject", owner.name_space)));
    owner.budgets_known =
        owner.budgets_known && mesh.covers("PodDisruptionBudget", owner.name_space);
  };
  for (ControlPlane& plane : mesh.control_planes) forget(plane);
  for (Gateway& gateway : mesh.gateways) forget(gateway);
}

// What `kubectl get all` prints, or less: no configuration, and no budgets.
bool is_of_workloads_only(const ResourceIndex& resources) {
  constexpr std::array<std::string_view, 14> kKinds = {
      "Pod",         "ReplicationController",   "Service", "DaemonSet", "Deployment", "ReplicaSet",
      "StatefulSet", "HorizontalPodAutoscaler", "Job",     "CronJob",   "Namespace",  "Node",
      "Event",       "ServiceAccount"};
  return std::ranges::all_of(resources.all(), [&](const Resource* object) {
    return std::ranges::find(kKinds, object->kind()) != kKinds.end();
  });
}

// Objects of a cluster that were saved some kinds at a time (`kubectl get deployments -o yaml`): of
// what is not among them nobody asked.
void forget_what_was_not_saved(Mesh& mesh) {
  if (mesh.complete || !mesh.observed->listed.empty() || !is_of_workloads_only(*mesh.resources)) {
    return;
  }
  const auto none_of = [&](std::string_view kind) { return mesh.resources->of_kind(kind).empty(); };
  const bool lacks_budgets = none_of("PodDisruptionBudget");
  const bool lacks_autoscalers = none_of("HorizontalPodAutoscaler") && none_of("ScaledObject");
  const auto forget = [&](auto& owner, const Resource* workload) {
    if (workload == nullptr || !workload->is_live()) return;
    if (lacks_budgets) owner.budgets_known = false;
    if (lacks_autoscalers && !owner.autoscaler) owner.autoscaler_known = false;
  };
  for (ControlPlane& plane : mesh.control_planes) forget(plane, plane.deployment);
  for (Gateway& gateway : mesh.gateways) forget(gateway, gateway.workload);
}

}  // namespace

Mesh build_mesh(const ResourceIndex& resources, std::span<const Node> values,
                const BuildOptions& options) {
  Mesh mesh;
  mesh.resources = &resources;
  mesh.complete = options.complete;
  mesh.hides_revisions = options.hides_revisions;
  static const Settings kNothingSaid;
  static const Observations kNothingSeen;
  mesh.settings = options.settings == nullptr ? &kNothingSaid : options.settings;
  mesh.observed = options.observed == nullptr ? &kNothingSeen : options.observed;
  read_rendered(resources, options, mesh);
  read_declared(resources, values, options, mesh);
  forget_what_was_not_listed(mesh);
  forget_what_was_not_saved(mesh);
  read_injector_webhooks(mesh);
  read_namespaces(mesh);
  read_workloads(mesh);
  read_requested_gateways(mesh);
  count_node_agents(mesh);
  read_telemetries(mesh);
  read_root_namespace(mesh);
  read_policy_targets(mesh);
  read_authorization_policies(mesh);
  read_request_authentications(mesh);
  mesh.workload_index = std::make_shared<const WorkloadIndex>(mesh.workloads, resources);
  mesh.mtls = read_mtls(mesh);
  return mesh;
}

void read_rendered(const ResourceIndex& resources, const BuildOptions& options, Mesh& mesh) {
  for (const Resource* deployment : resources.of_kind("Deployment")) {
    if (const auto istiod = as_istiod(*deployment)) {
      mesh.control_planes.push_back(read_control_plane(resources, *istiod, options));
    }
  }
  read_istiod_partners(resources, mesh);
  read_injectors(resources, mesh);
  read_mesh_configs(resources, mesh);
  read_tags(resources, mesh);
  read_gateways(resources, mesh);
  read_node_agents(resources, mesh);
}

}  // namespace meshcheck
