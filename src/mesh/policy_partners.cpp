#include "meshcheck/policy_partners.h"

#include <algorithm>

#include "meshcheck/mesh.h"
#include "meshcheck/variable.h"

namespace meshcheck {
namespace {

bool mentions(Node node, std::string_view text) {
  if (node.is_scalar()) return node.text().find(text) != std::string_view::npos;
  const auto below = [&](Node child) { return mentions(child, text); };
  return std::ranges::any_of(node.items(), below) ||
         std::ranges::any_of(node.entries(), [&](const Entry& e) { return below(e.value); });
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

// Of a mesh configuration whose shared one is not shown, this is the field that says so.
bool may_say_more(const Mesh& mesh) {
  return std::ranges::any_of(mesh.mesh_configs, [](const MeshConfig& config) {
    return !config.access_log_service.known();
  });
}

}  // namespace

std::optional<bool> defines_provider(const Mesh& mesh, std::string_view provider) {
  const bool defined = std::ranges::any_of(mesh.mesh_configs, [&](const MeshConfig& config) {
    return lists_provider(config, provider);
  });
  if (defined) return true;
  const bool told = std::ranges::any_of(
      mesh.mesh_configs, [&](const MeshConfig& config) { return tells_providers(mesh, config); });
  if (!told || name_holds_variable(provider) || may_say_more(mesh)) return std::nullopt;
  return false;
}

std::optional<bool> logs_audit(const Mesh& mesh) {
  constexpr std::string_view kHint = "access_log_hint";
  for (const Resource* filter : mesh.resources->of_kind("EnvoyFilter")) {
    if (mentions(filter->spec(), kHint)) return true;
  }
  if (mesh.mesh_configs.empty()) return std::nullopt;
  const bool logs = std::ranges::any_of(mesh.mesh_configs, [&](const MeshConfig& config) {
    return mentions(config.field("accessLogFormat"), kHint) ||
           std::ranges::any_of(config.extension_providers(),
                               [&](Node one) { return mentions(one, kHint); });
  });
  if (!logs && may_say_more(mesh)) return std::nullopt;
  return logs;
}

}  // namespace meshcheck
