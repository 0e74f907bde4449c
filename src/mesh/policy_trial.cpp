#include "meshcheck/policy_trial.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "meshcheck/container.h"
#include "meshcheck/flag.h"
#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

// istio: pilot/pkg/features/ambient.go
constexpr std::string_view kSendDryRuns = "AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY";

bool sends_dry_runs(const ControlPlane& plane) { return turns_on(plane, kSendDryRuns); }

std::optional<Version> ztunnel_version(const Mesh& mesh) {
  for (const Resource* object : mesh.resources->of_kind("DaemonSet")) {
    const Node pod = object->pod_template();
    if (pod["metadata"]["labels"]["app"].text() != "ztunnel") continue;
    const Node image = find_container(pod["spec"], kProxyContainer)["image"];
    if (const auto version = Version::parse(image_tag(image.text()))) return version;
  }
  return std::nullopt;
}

}  // namespace

ZtunnelDryRun ztunnel_dry_run(const Mesh& mesh) {
  if (mesh.control_planes.empty()) return ZtunnelDryRun::unknown;
  if (!std::ranges::any_of(mesh.control_planes, sends_dry_runs)) return ZtunnelDryRun::dropped;
  const auto version = ztunnel_version(mesh);
  if (!version) return ZtunnelDryRun::unknown;
  return version->at_least(1, 29) ? ZtunnelDryRun::works : ZtunnelDryRun::enforced;
}

bool can_run_dry(const Mesh& mesh, const std::vector<const PolicyTarget*>& targets) {
  const bool by_ztunnel = std::ranges::any_of(
      targets, [](const PolicyTarget* target) { return target->plane == DataPlane::ztunnel; });
  return !by_ztunnel || ztunnel_dry_run(mesh) == ZtunnelDryRun::works;
}

}  // namespace meshcheck
