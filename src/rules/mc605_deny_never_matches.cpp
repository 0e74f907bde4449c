// Severity, documentation and parameters: rules/mc605-deny-never-matches.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// What the policy has to target so that a waypoint enforces it.
struct Target {
  std::string group;
  std::string kind;
  std::string name;
  bool asked = false;  // false: no waypoint serves the workloads, as far as the input tells
};

// A waypoint of another namespace cannot be named: its Service can.
Target target_of(const Mesh& mesh, const AuthorizationPolicy& policy,
                 const std::vector<const PolicyTarget*>& targets) {
  for (const PolicyTarget* target : targets) {
    for (const Resource* service : target->services) {
      const auto waypoint = asked_waypoint(mesh, *service);
      if (!waypoint) continue;
      if (waypoint->name_space == policy.name_space) {
        return {std::string(kGatewayApi), "Gateway", std::string(waypoint->name), true};
      }
      if (service->name_space() == policy.name_space) {
        return {"\"\"", "Service", std::string(service->name()), true};
      }
    }
    if (target->object == nullptr || !target->services.empty()) continue;
    const auto waypoint = asked_waypoint(mesh, *target->object);
    if (waypoint && waypoint->name_space == policy.name_space) {
      return {std::string(kGatewayApi), "Gateway", std::string(waypoint->name), true};
    }
  }
  return {std::string(kGatewayApi), "Gateway", "waypoint", false};  // istioctl's name for one
}

void report_lost(const Mesh& mesh, const AuthorizationPolicy& policy, const AuthorizationRule& rule,
                 const std::vector<const PolicyTarget*>& targets, Sink& sink) {
  const Target target = target_of(mesh, policy, targets);
  auto unseen = fields_of(rule);
  std::erase_if(unseen, is_ztunnel_attribute);
  const bool only = std::ranges::all_of(policy.rules, never_matches_on_ztunnel);
  sink.report(rule.node,
              "{}AuthorizationPolicy {} denies nothing to {}: ztunnel enforces it there and does "
              "not see {}",
              only ? "" : "This rule of ", policy.name, name_some(targets), fmt::join(unseen, ", "))
      .object(policy.object->ref())
      .field("spec.rules")
      .fix(target.asked
               ? std::string("Attach the policy to the waypoint that serves them: targetRefs "
                             "instead of a selector.")
               : fmt::format("Deploy a waypoint for them (istioctl waypoint apply --namespace {} "
                             "--enroll-namespace), and attach the policy to it: targetRefs instead "
                             "of a selector.",
                             targets.front()->name_space))
      .patch(manifest_head(policy.object->ref()) +
             fmt::format("spec:\n{}"
                         "  targetRefs:\n"
                         "    - group: {}\n"
                         "      kind: {}\n"
                         "      name: {}\n",
                         policy.object->spec()["selector"]
                             ? "  selector: null  # its place is taken\n"
                             : "",
                         target.group, target.kind, yaml_word(target.name)));
}

void judge(const Mesh& mesh, const AuthorizationPolicy& policy, Sink& sink) {
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
    if (never_matches_on_ztunnel(rule)) return report_lost(mesh, policy, rule, ambient, sink);
  }
}

}  // namespace

void mc605_deny_never_matches(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.action == PolicyAction::deny) {
      judge(mesh, policy, sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
