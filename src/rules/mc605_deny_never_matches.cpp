// Severity, documentation and parameters: rules/mc605-deny-never-matches.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// istiod sends ztunnel such a rule without any match, and ztunnel passes over that
// (ztunnel: src/rbac.rs).
bool is_lost_on_ztunnel(const AuthorizationRule& rule) {
  const auto fields = fields_of(rule);
  return !fields.empty() && std::ranges::none_of(fields, is_ztunnel_attribute);
}

void report_lost(const AuthorizationPolicy& policy, const AuthorizationRule& rule,
                 const std::vector<const PolicyTarget*>& targets, Sink& sink) {
  sink.report(rule.node,
              "AuthorizationPolicy {} denies nothing to {}: ztunnel enforces it there and does not "
              "see {}",
              policy.name, name_some(targets), fmt::join(fields_of(rule), ", "))
      .object(policy.object->ref())
      .field("spec.rules")
      .fix("Attach the policy to the waypoint that serves them: targetRefs instead of a selector.")
      .patch(manifest_head(policy.object->ref()) +
             "spec:\n"
             "  targetRefs:  # in place of selector\n"
             "    - group: gateway.networking.k8s.io\n"
             "      kind: Gateway\n"
             "      name: waypoint\n");
}

void judge(const AuthorizationPolicy& policy, Sink& sink) {
  sink.judged();
  if (policy.rules.empty()) {
    sink.report(policy.action_node(), "AuthorizationPolicy {} denies nothing: it has no rules",
                policy.name)
        .object(policy.object->ref())
        .field("spec.rules")
        .fix("Write the rules that are meant to be denied, or delete the policy.");
    return;
  }
  std::vector<const PolicyTarget*> ambient;
  for (const PolicyTarget* target : *policy.attachment.selects) {
    if (target->plane == DataPlane::ztunnel) ambient.push_back(target);
  }
  if (ambient.empty() || policy.attachment.scope == PolicyAttachment::Scope::target_refs) return;
  for (const AuthorizationRule& rule : policy.rules) {
    if (is_lost_on_ztunnel(rule)) return report_lost(policy, rule, ambient, sink);
  }
}

}  // namespace

void mc605_deny_never_matches(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.action == PolicyAction::deny) {
      judge(policy, sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
