#include <algorithm>
#include <optional>
#include <string_view>

#include "mesh/rendered.h"

namespace meshcheck {
namespace {

// By what the charts write on istiod's own objects, or by a name that a hand would give them.
bool made_for_istiod(const Resource& resource) {
  return resource.label("app") == "istiod" ||
         resource.label("operator.istio.io/component") == "Pilot" ||
         resource.label("app.kubernetes.io/name") == "istiod" ||
         revision_in_name(resource.name(), "istiod").has_value();
}

template <class Reaches>
std::vector<std::string> reached(const Mesh& mesh, const Resource& partner, Reaches reaches) {
  std::vector<std::string> revisions;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.deployment == nullptr || plane.name_space != partner.name_space()) continue;
    const std::optional<ScaledWorkload> istiod = as_istiod(*plane.deployment);
    if (istiod && reaches(*istiod)) revisions.push_back(plane.revision);
  }
  return revisions;
}

void read_autoscaler(const ResourceIndex& resources, const Resource& autoscaler, Mesh& mesh) {
  const Node target = autoscaler.spec()["scaleTargetRef"]["name"];
  const Resource* workload = resources.find("Deployment", autoscaler.name_space(), target.text());
  if (workload != nullptr && !as_istiod(*workload)) return;
  if (!made_for_istiod(autoscaler) && !revision_in_name(target.text(), "istiod")) return;
  mesh.istiod_autoscalers.push_back(
      {.object = &autoscaler,
       .target = target,
       .revisions = reached(mesh, autoscaler, [&](const ScaledWorkload& istiod) {
         return targets(autoscaler, istiod.resource.ref());
       })});
}

void read_budget(const Resource& budget, Mesh& mesh) {
  std::vector<std::string> revisions = reached(mesh, budget, [&](const ScaledWorkload& istiod) {
    return selects_pods(budget, istiod.key());
  });
  if (revisions.empty() && !made_for_istiod(budget)) return;
  mesh.istiod_budgets.push_back(
      {.object = &budget, .target = budget.spec()["selector"], .revisions = std::move(revisions)});
}

bool runs_in(const Mesh& mesh, std::string_view name_space) {
  return std::ranges::any_of(mesh.control_planes, [&](const ControlPlane& plane) {
    return plane.deployment != nullptr && plane.name_space == name_space;
  });
}

}  // namespace

void read_istiod_partners(const ResourceIndex& resources, Mesh& mesh) {
  for (const std::string_view kind : {"HorizontalPodAutoscaler", "ScaledObject"}) {
    for (const Resource* autoscaler : resources.of_kind(kind)) {
      if (runs_in(mesh, autoscaler->name_space())) read_autoscaler(resources, *autoscaler, mesh);
    }
  }
  for (const Resource* budget : resources.of_kind("PodDisruptionBudget")) {
    if (runs_in(mesh, budget->name_space())) read_budget(*budget, mesh);
  }
}

}  // namespace meshcheck
