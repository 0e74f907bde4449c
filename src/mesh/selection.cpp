#include "meshcheck/selection.h"

#include <algorithm>
#include <array>

#include "meshcheck/mesh.h"
#include "meshcheck/policy_target.h"
#include "meshcheck/resource.h"

namespace meshcheck {
namespace {

// Labels that controllers and the sidecar injector give to pods, so that no template shows them.
bool is_added_to_pods(std::string_view key) {
  constexpr std::array<std::string_view, 12> kKeys = {
      "pod-template-hash",
      "rollouts-pod-template-hash",
      "controller-revision-hash",
      "pod-template-generation",
      "statefulset.kubernetes.io/pod-name",
      "apps.kubernetes.io/pod-index",
      "job-name",
      "controller-uid",
      "security.istio.io/tlsMode",
      "istio.io/rev",
      "gateway.networking.k8s.io/gateway-class-name",
      "gateway.istio.io/managed"};
  constexpr std::array<std::string_view, 5> kPrefixes = {
      "batch.kubernetes.io/", "topology.kubernetes.io/", "topology.istio.io/",
      "service.istio.io/canonical-", "serving.knative.dev/"};
  return std::ranges::find(kKeys, key) != kKeys.end() ||
         std::ranges::any_of(kPrefixes,
                             [&](std::string_view prefix) { return key.starts_with(prefix); });
}

bool has_canary(const Mesh& mesh, std::string_view name_space, bool anywhere) {
  return std::ranges::any_of(mesh.resources->of_kind("Canary"), [&](const Resource* canary) {
    return canary->group() == "flagger.app" && (anywhere || canary->name_space() == name_space);
  });
}

}  // namespace

bool selects_any(const Mesh& mesh, std::string_view name_space, Node match_labels) {
  // The short list first: most selectors meet something there. It has no waypoints.
  const TargetList here = mesh.policy_targets.in_namespace(name_space);
  const auto is_meant = [&](const PolicyTarget* one) { return one->has_all(match_labels); };
  if (std::ranges::any_of(*here, is_meant)) return true;
  return std::ranges::any_of(mesh.policy_targets.all(), [&](const PolicyTarget& one) {
    return one.name_space == name_space && one.has_all(match_labels);
  });
}

std::string_view find_added_label(const Mesh& mesh, Node match_labels, std::string_view name_space,
                                  bool anywhere) {
  for (const auto [key, value] : match_labels.entries()) {
    if (is_added_to_pods(key.text())) return key.text();
    // Flagger copies what a Canary refers to, and gives the copy's pods such a value.
    if (value.text().ends_with("-primary") && has_canary(mesh, name_space, anywhere)) {
      return key.text();
    }
  }
  return {};
}

bool has_unplaced_workloads(const Mesh& mesh) {
  return std::ranges::any_of(mesh.workloads, [](const Workload& workload) {
    return workload.object->metadata()["namespace"].text().empty();
  });
}

}  // namespace meshcheck
