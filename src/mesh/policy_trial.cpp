#include "meshcheck/policy_trial.h"

// What policies need beside themselves: ways to try them before they enforce, and providers to ask;
// and whether this mesh has them.
#include <algorithm>
#include <optional>
#include <string_view>

#include "mesh/container_resources.h"
#include "meshcheck/authorization.h"
#include "meshcheck/flag.h"
#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

// istio: pilot/pkg/features/ambient.go
constexpr std::string_view kSendDryRuns = "AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY";

bool mentions(Node node, std::string_view text) {
  if (node.is_scalar()) return node.text().find(text) != std::string_view::npos;
  const auto below = [&](Node child) { return mentions(child, text); };
  return std::ranges::any_of(node.items(), below) ||
         std::ranges::any_of(node.entries(), [&](const Entry& e) { return below(e.value); });
}

bool sends_dry_runs(const ControlPlane& plane) { return turns_on(plane, kSendDryRuns); }

std::optional<Version> ztunnel_version(const Mesh& mesh) {
  for (const Resource* object : mesh.resources->of_kind("DaemonSet")) {
    const Node pod = object->pod_template();
    if (pod["metadata"]["labels"]["app"].text() != "ztunnel") continue;
    const Node image = find_container(pod["spec"], "istio-proxy")["image"];
    if (const auto version = Version::parse(image_tag(image.text()))) return version;
  }
  return std::nullopt;
}

// Others of that name log or trace, and answer no request (istio:
// pilot/pkg/security/authz/builder/extauthz.go, processExtensionProvider).
bool can_authorize(Node provider) {
  return provider["envoyExtAuthzHttp"] || provider["envoyExtAuthzGrpc"];
}

bool lists_provider(const MeshConfig& config, std::string_view provider) {
  return std::ranges::count(config.profile_providers, provider) != 0 ||
         std::ranges::any_of(config.extension_providers(), [&](Node defined) {
           return defined["name"].text() == provider && can_authorize(defined);
         });
}

// Providers are looked for where the user keeps some, or where the ConfigMap itself is shown; of an
// installation's values that have none, another layer may add them.
bool tells_providers(const Mesh& mesh, const MeshConfig& config) {
  return !config.extension_providers().empty() ||
         mesh.resources->find("ConfigMap", config.name_space, config.name) != nullptr;
}

}  // namespace

std::optional<bool> defines_provider(const Mesh& mesh, std::string_view provider) {
  const bool defined = std::ranges::any_of(mesh.mesh_configs, [&](const MeshConfig& config) {
    return lists_provider(config, provider);
  });
  if (defined) return true;
  const bool told = std::ranges::any_of(
      mesh.mesh_configs, [&](const MeshConfig& config) { return tells_providers(mesh, config); });
  if (!told || provider.find_first_of("${") != std::string_view::npos) return std::nullopt;
  return false;
}

std::optional<bool> logs_audit(const Mesh& mesh) {
  constexpr std::string_view kHint = "access_log_hint";
  for (const Resource* filter : mesh.resources->of_kind("EnvoyFilter")) {
    if (mentions(filter->spec(), kHint)) return true;
  }
  if (mesh.mesh_configs.empty()) return std::nullopt;
  return std::ranges::any_of(mesh.mesh_configs, [&](const MeshConfig& config) {
    return mentions(config.field("accessLogFormat"), kHint) ||
           std::ranges::any_of(config.extension_providers(),
                               [&](Node one) { return mentions(one, kHint); });
  });
}

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
