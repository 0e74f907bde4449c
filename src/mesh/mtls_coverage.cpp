#include "mesh/mtls_coverage.h"

#include <algorithm>

#include "meshcheck/mesh.h"
#include "meshcheck/service.h"

namespace meshcheck {
namespace {

bool is_ambient(const Workload& workload) {
  return workload.decision.reason == InjectionReason::ambient;
}

}  // namespace

MtlsCoverage::MtlsCoverage(const Mesh& mesh, const Mtls& mtls) : mesh_(mesh) {
  for (const PeerAuthentication& policy : mtls.policies) {
    if (policy.placed) with_policies_.insert(policy.name_space);
  }
  stray_ = std::ranges::any_of(mtls.policies, [](const PeerAuthentication& policy) {
    return !policy.placed && !policy.selector;
  });
}

bool MtlsCoverage::of_namespace(std::string_view name) const {
  if (const ListedKind* list = mesh_.observed->find_listed("PeerAuthentication")) {
    return list->holds(name);
  }
  return mesh_.complete || with_policies_.contains(name) ||
         (mesh_.find_namespace(name) != nullptr &&
          !mesh_.workload_index->in_namespace(name).empty());
}

bool MtlsCoverage::of_root(std::string_view root) const {
  if (const ListedKind* list = mesh_.observed->find_listed("PeerAuthentication")) {
    return list->holds(root);
  }
  if (mesh_.complete || with_policies_.contains(root)) return true;
  if (stray_) return false;  // it may be the mesh's, applied with `-n istio-system`
  if (with_policies_.empty() && mesh_.authorization_policies.empty()) return false;
  return std::ranges::any_of(mesh_.control_planes, [&](const ControlPlane& plane) {
    return plane.deployment != nullptr ||
           std::ranges::any_of(mesh_.workloads, [](const Workload& workload) {
             return workload.decision.injected || is_ambient(workload);
           });
  });
}

}  // namespace meshcheck
