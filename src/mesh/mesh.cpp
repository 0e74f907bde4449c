#include "meshcheck/mesh.h"

#include <algorithm>
#include <array>

namespace meshcheck {
namespace {

Traced<std::int64_t> fewest_replicas(const std::optional<Autoscaler>& autoscaler,
                                     const Traced<std::optional<std::int64_t>>& fixed) {
  if (autoscaler) return autoscaler->min;
  if (fixed.value) return {*fixed.value, fixed.from};
  if (!fixed.known()) return {1, fixed.from};
  return {1, {Provenance::Kind::api_default, fixed.from.node, "the API server's default"}};
}

bool is_partner_kind(std::string_view kind) {
  constexpr std::array<std::string_view, 4> kPartners = {
      "HorizontalPodAutoscaler", "PodDisruptionBudget", "ScaledObject", "VerticalPodAutoscaler"};
  return std::ranges::find(kPartners, kind) != kPartners.end();
}

}  // namespace

std::string_view to_string(ControlPlaneSource source) {
  switch (source) {
    case ControlPlaneSource::rendered: return "rendered";
    case ControlPlaneSource::live: return "live";
    case ControlPlaneSource::helm_values: return "helm-values";
    case ControlPlaneSource::istiooperator: return "istiooperator";
    case ControlPlaneSource::sail: return "sail";
    case ControlPlaneSource::values_configmap: return "values-configmap";
  }
  return "";
}

Traced<std::int64_t> ControlPlane::min_replicas() const {
  return fewest_replicas(autoscaler, fixed_replicas);
}

Traced<std::int64_t> Gateway::min_replicas() const {
  return fewest_replicas(autoscaler, fixed_replicas);
}

const ControlPlane* Mesh::find_control_plane(std::string_view revision) const {
  const auto found = std::ranges::find_if(
      control_planes, [&](const ControlPlane& plane) { return plane.revision == revision; });
  return found == control_planes.end() ? nullptr : &*found;
}

bool Mesh::covers(std::string_view kind, std::string_view name_space) const {
  if (complete) return true;
  if (is_partner_kind(kind)) {
    const auto lies_here = [&](const auto& owner) { return owner.name_space == name_space; };
    return std::ranges::any_of(control_planes, lies_here) ||
           std::ranges::any_of(gateways, lies_here);
  }
  if (kind == "MutatingWebhookConfiguration") {
    return !control_planes.empty() || !resources->of_kind(kind).empty();
  }
  if (is_workload_kind(kind)) {
    if (resources->find("Namespace", "", name_space) == nullptr) return false;
    return std::ranges::any_of(resources->all(), [&](const Resource* resource) {
      return resource->name_space() == name_space && is_workload_kind(resource->kind());
    });
  }
  return false;
}

}  // namespace meshcheck
