// Severity, documentation and parameters: rules/mc607-root-namespace-policy.yaml
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::vector<std::string> namespaces_reached(const AuthorizationPolicy& policy) {
  std::set<std::string> names;
  for (const PolicyTarget* target : *policy.attachment.selects) {
    // Where one goes that names no namespace is not known.
    const bool elsewhere = !target->name_space.empty() && target->name_space != policy.name_space;
    if (elsewhere && target->plane != DataPlane::none) names.emplace(target->name_space);
  }
  return {names.begin(), names.end()};
}

bool is_default_deny(const AuthorizationPolicy& policy) {
  return policy.action == PolicyAction::allow && policy.rules.empty();
}

void judge(const AuthorizationPolicy& policy, const RootNamespace& root, Sink& sink) {
  sink.judged();
  if (!policy.attachment.in_root || is_default_deny(policy) || !policy.enforces()) return;
  const std::string which = root.assumed ? "the default root namespace" : "the root namespace";
  const auto reached = namespaces_reached(policy);
  if (policy.attachment.scope == PolicyAttachment::Scope::mesh) {
    sink.report(policy.object->anchor(),
                "AuthorizationPolicy {} in {} has no selector: it applies to every workload of the "
                "mesh{}",
                policy.name, which, reached.empty() ? "" : ", in namespaces " + name_some(reached))
        .object(policy.object->ref())
        .field("spec.selector")
        .fix("Move it to the namespace it is meant for, or select what it is meant for.");
    return;
  }
  if (policy.attachment.scope != PolicyAttachment::Scope::selector || reached.empty()) return;
  sink.report(policy.attachment.match_labels,
              "AuthorizationPolicy {} in {} selects workloads in other namespaces: {}", policy.name,
              which, name_some(reached))
      .object(policy.object->ref())
      .field("spec.selector.matchLabels")
      .fix(
          "Move it to the namespace it is meant for, or select by a label that only this "
          "namespace's workloads have.");
}

}  // namespace

void mc607_root_namespace_policy(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    judge(policy, mesh.root_namespace, sink);
  }
}

}  // namespace meshcheck::rules
