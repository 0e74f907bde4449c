// Severity, documentation and parameters: rules/mc904-default-deny-missing.yaml
#include <algorithm>
#include <unordered_set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool has_negative_field(const AuthorizationRule& rule) {
  return std::ranges::any_of(fields_of(rule),
                             [](std::string_view field) { return field.starts_with("not"); });
}

// Refuses whoever it does not name; or everybody, which is another rule's matter.
bool keeps_others_out(const AuthorizationPolicy& policy) {
  if (!policy.enforces()) return false;
  switch (policy.action) {
    case PolicyAction::allow:
      return std::ranges::none_of(policy.rules, &AuthorizationRule::matches_everything);
    case PolicyAction::deny:
      return std::ranges::any_of(policy.rules, [](const AuthorizationRule& rule) {
        return rule.matches_everything() || has_negative_field(rule);
      });
    case PolicyAction::custom: return true;
    case PolicyAction::audit:
    case PolicyAction::unknown: return false;
  }
  return false;
}

bool is_for_all(const PolicyAttachment& attachment) {
  return attachment.scope == PolicyAttachment::Scope::name_space ||
         attachment.scope == PolicyAttachment::Scope::mesh;
}

class Judge {
 public:
  explicit Judge(const Mesh& mesh) : mesh_(mesh) {
    for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
      if (!keeps_others_out(policy)) continue;
      guarded_.insert(policy.attachment.selects->begin(), policy.attachment.selects->end());
      // A waypoint decides for what it serves.
      if (policy.attachment.scope == PolicyAttachment::Scope::target_refs) {
        by_waypoint_.insert(policy.name_space);
      }
      const bool placed = !policy.object->metadata()["namespace"].text().empty();
      const bool may_be_root =
          mesh.root_namespace.assumed && mesh.find_namespace(policy.name_space) == nullptr;
      if (is_for_all(policy.attachment) && (!placed || may_be_root)) stray_ = &policy;
    }
  }

  void name_space(const Namespace& name_space, Sink& sink) const {
    std::vector<const PolicyTarget*> open;
    bool any = false;
    for (const PolicyTarget* target : *mesh_.policy_targets.in_namespace(name_space.name)) {
      const bool ambient = target->plane == DataPlane::ztunnel;
      if (!ambient && target->plane != DataPlane::sidecar) continue;
      any = true;
      const bool served = ambient && by_waypoint_.contains(name_space.name);
      if (!served && !guarded_.contains(target)) open.push_back(target);
    }
    if (!any) return;
    if (open.empty()) return sink.judged();
    if (stray_ != nullptr) {
      return sink.not_evaluated(fmt::format("whether AuthorizationPolicy {} is for namespace {} is "
                                            "not in the input",
                                            stray_->name, name_space.name),
                                {"MeshConfig"});
    }
    report(name_space, open, sink);
  }

 private:
  void report(const Namespace& name_space, const std::vector<const PolicyTarget*>& open,
              Sink& sink) const {
    const ObjectRef policy{.api_version = "security.istio.io/v1",
                           .kind = "AuthorizationPolicy",
                           .name_space = name_space.name,
                           .name = "allow-nothing",
                           .revision = {}};
    const bool dry = can_run_dry(mesh_, open);
    sink.report(name_space.object->anchor(),
                "namespace {} has no default-deny: no policy keeps any caller from {}",
                name_space.name, name_some(open))
        .object(name_space.object->ref())
        .field("metadata.name")
        .fix(fmt::format("Allow the callers that it has, then apply this{}.",
                         dry ? "; without the annotation it enforces" : ""))
        .patch(manifest_head(policy) +
               (dry ? "  annotations: {istio.io/dry-run: \"true\"}\n" : "") + "spec: {}\n");
  }

  const Mesh& mesh_;
  std::unordered_set<const PolicyTarget*> guarded_;
  std::unordered_set<std::string_view> by_waypoint_;
  const AuthorizationPolicy* stray_ = nullptr;  // it may be for any namespace
};

}  // namespace

void mc904_default_deny_missing(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  // A mesh whose policies are kept elsewhere, or that has none, is told nothing here.
  if (mesh.authorization_policies.empty() && mesh.mtls->policies.empty() &&
      mesh.request_authentications.empty()) {
    return sink.not_evaluated("no security policy is in the input", {"AuthorizationPolicy"});
  }
  // A default-deny in the root namespace guards every other one.
  if (!mesh.mtls->mesh_wide.known()) {
    return sink.not_evaluated(mesh.mtls->mesh_wide.from.text, {"AuthorizationPolicy"});
  }
  const Judge judge(mesh);
  std::unordered_set<std::string_view> seen;  // a base and its overlays may all bring it
  for (const Namespace& name_space : mesh.namespaces) {
    if (seen.insert(name_space.name).second) judge.name_space(name_space, sink);
  }
  if (sink.judged_count() == 0) {
    sink.not_evaluated("no namespace with workloads in the mesh is in the input",
                       {"Namespace", "Deployment"});
  }
}

}  // namespace meshcheck::rules
