#include "input/select.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "input/embedded.h"

namespace meshcheck {
namespace {

struct SkippedKind {
  std::string_view group;  // of apiVersion; empty for the core group
  std::string_view kind;
};

// These make up a third of a cluster's dump. Custom resources may bear the same names, so the group
// counts as well.
constexpr std::array<SkippedKind, 12> kSkipped = {{
    {"", "Secret"},
    {"", "Event"},
    {"events.k8s.io", "Event"},
    {"", "Endpoints"},
    {"discovery.k8s.io", "EndpointSlice"},
    {"coordination.k8s.io", "Lease"},
    {"rbac.authorization.k8s.io", "Role"},
    {"rbac.authorization.k8s.io", "RoleBinding"},
    {"rbac.authorization.k8s.io", "ClusterRole"},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
    {"apps", "ControllerRevision"},
    {"apps", "ReplicaSet"},
}};

std::string_view group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

// A key `mesh`, in block or flow style, quoted or not.
bool may_hold_mesh_config(std::string_view text) {
  constexpr std::string_view kKey = "mesh";
  for (std::size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at)) {
    at += kKey.size();
    std::string_view behind = text.substr(at);
    if (behind.starts_with('"') || behind.starts_with('\'')) behind.remove_prefix(1);
    if (behind.starts_with(':')) return true;
  }
  return false;
}

}  // namespace

bool may_skip(const Chunk& chunk, std::string_view text) {
  if (chunk.kind.empty() || chunk.api_version.empty()) return false;
  const std::string_view group = group_of(chunk.api_version);
  if (group.empty() && chunk.kind == "ConfigMap") {
    const std::string_view chunk_text = text.substr(chunk.begin, chunk.end - chunk.begin);
    return !chunk.name.empty() && !chunk.name.starts_with("istio") &&
           !chunk.name.starts_with("values") && chunk.name != "cilium-config" &&
           !may_hold_mesh_config(chunk_text) && !may_hold_alert_rules(chunk_text);
  }
  return std::ranges::any_of(kSkipped, [&](const SkippedKind& skipped) {
    return skipped.kind == chunk.kind && skipped.group == group;
  });
}

bool names_revisions(std::string_view text) {
  return text.find("istio.io/tag") != std::string_view::npos ||
         text.find("MutatingWebhookConfiguration") != std::string_view::npos ||
         text.find("revisionTags") != std::string_view::npos;
}

}  // namespace meshcheck
