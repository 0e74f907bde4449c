// Severity, documentation and parameters: rules/mc605-deny-never-matches.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

void report_lost(const AuthorizationPolicy& policy, const AuthorizationRule& rule,
                 const std::vector<const PolicyTarget*>& targets, Sink& sink) {
  auto unseen = fields_of(rule);
  std::erase_if(unseen, is_ztunnel_attribute);
  const bool only = std::ranges::all_of(policy.rules, never_matches_on_ztunnel);
  sink.report(rule.node,
              "{}AuthorizationPolicy {} denies nothing to {}: ztunnel enforces it there and does "
              "not see {}",
              only ? "" : "This rule of ", policy.name, name_some(targets), fmt::join(unseen, ", "))
      .object(policy.object->ref())
      .field("spec.rules")
      .fix("Attach the policy to the waypoint that serves them: targetRefs instead of a selector.")
      .patch(manifest_head(policy.object->ref()) + "spec:\n" +
             (policy.object->spec()["selector"] ? "  selector: null  # its place is taken\n" : "") +
             "  targetRefs:\n"
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
    if (never_matches_on_ztunnel(rule)) return report_lost(policy, rule, ambient, sink);
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
