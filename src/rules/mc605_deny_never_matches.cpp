// Severity, documentation and parameters: rules/mc605-deny-never-matches.yaml
#include <algorithm>
#include <optional>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using Targets = std::vector<const PolicyTarget*>;

// What the policy has to target so that a waypoint enforces it.
struct Attachment {
  std::string group{kGatewayApi};
  std::string kind = "Gateway";
  std::string name = "waypoint";  // istioctl's name for one
  bool asked = false;  // false: no waypoint serves the workloads, as far as the input tells
};

// A waypoint of another namespace cannot be named: its Service can.
std::optional<Attachment> attachment_to(const WaypointName& waypoint, const Resource* service,
                                        std::string_view name_space) {
  if (waypoint.name_space == name_space) {
    return Attachment{.name = std::string(waypoint.name), .asked = true};
  }
  if (service == nullptr || service->name_space() != name_space) return std::nullopt;
  return Attachment{"\"\"", "Service", std::string(service->name()), true};
}

Attachment attachment_for(const Mesh& mesh, std::string_view name_space, const Targets& targets) {
  for (const PolicyTarget* target : targets) {
    for (const Resource* service : target->services) {
      const auto waypoint = asked_waypoint(mesh, *service);
      if (!waypoint) continue;
      if (auto found = attachment_to(*waypoint, service, name_space)) return *found;
    }
    if (target->object == nullptr || !target->services.empty()) continue;
    const auto waypoint = asked_waypoint(mesh, *target->object);
    if (!waypoint) continue;
    if (auto found = attachment_to(*waypoint, nullptr, name_space)) return *found;
  }
  return {};
}

// A policy of the root namespace cannot name what stands in another: for every waypoint there is
// their class (istio: pilot/pkg/model/policyattachment.go).
Attachment waypoint_class(const Mesh& mesh, const Targets& targets) {
  const bool asked = std::ranges::any_of(targets, [&](const PolicyTarget* target) {
    return (target->object != nullptr && asked_waypoint(mesh, *target->object)) ||
           std::ranges::any_of(target->services, [&](const Resource* service) {
             return asked_waypoint(mesh, *service).has_value();
           });
  });
  return {std::string(kGatewayApi), "GatewayClass", std::string(kWaypointClass), asked};
}

std::string target_refs(const Attachment& to) {
  return fmt::format(
      "  targetRefs:\n"
      "    - group: {}\n"
      "      kind: {}\n"
      "      name: {}\n",
      to.group, to.kind, yaml_word(to.name));
}

// The same policy once more, for the waypoint.
std::string copy_for(const Attachment& to, const AuthorizationPolicy& policy) {
  ObjectRef ref = policy.object->ref();
  ref.name += "-waypoint";
  return manifest_head(ref) +
         (policy.enforces() ? "" : "  annotations: {istio.io/dry-run: \"true\"}\n") + "spec:\n" +
         target_refs(to) +
         fmt::format("  action: DENY\n  rules: {}\n", flow_yaml(policy.object->spec()["rules"]));
}

// The policy itself, taken from those it selects to their waypoint.
std::string moved_to(const Attachment& to, const AuthorizationPolicy& policy) {
  return manifest_head(policy.object->ref()) + "spec:\n" +
         (policy.object->spec()["selector"] ? "  selector: null  # its place is taken\n" : "") +
         target_refs(to);
}

void add_fix(Draft& finding, const Mesh& mesh, const AuthorizationPolicy& policy,
             const Targets& ambient) {
  using Scope = PolicyAttachment::Scope;
  const bool in_root = policy.attachment.in_root;
  const Attachment to =
      in_root ? waypoint_class(mesh, ambient) : attachment_for(mesh, policy.name_space, ambient);
  const std::string deploy =
      to.asked ? std::string()
               : fmt::format(
                     "Deploy a waypoint for them (istioctl waypoint apply --namespace {} "
                     "--enroll-namespace). ",
                     ambient.front()->name_space);
  if (in_root && policy.attachment.scope == Scope::selector) {
    finding.fix(
        fmt::format("{}Write the rules in a policy of namespace {} for the waypoint that "
                    "serves them: targetRefs instead of a selector.",
                    deploy, ambient.front()->name_space));
    return;
  }
  // In a mesh there are gateways, shown or not.
  const bool others =
      policy.attachment.scope == Scope::mesh ||
      std::ranges::any_of(*policy.attachment.selects, [](const PolicyTarget* target) {
        return target->plane == DataPlane::sidecar || target->plane == DataPlane::gateway;
      });
  if (others) {
    finding
        .fix(deploy +
             "Keep the policy for those who enforce it, and write a second one for the "
             "waypoint.")
        .patch(copy_for(to, policy));
  } else {
    finding
        .fix(deploy +
             "Attach the policy to the waypoint that serves them: targetRefs instead of a "
             "selector.")
        .patch(moved_to(to, policy));
  }
}

void report_lost(const Mesh& mesh, const AuthorizationPolicy& policy, const AuthorizationRule& rule,
                 const Targets& ambient, Sink& sink) {
  auto unseen = fields_of(rule);
  std::erase_if(unseen, is_ztunnel_attribute);
  const bool only = std::ranges::all_of(policy.rules, never_matches_on_ztunnel);
  Draft finding =
      sink.report(rule.node, "{}AuthorizationPolicy {} {} to {}: ztunnel {} and does not see {}",
                  only ? "" : "This rule of ", policy.name,
                  policy.enforces() ? "denies nothing" : "would deny nothing", name_some(ambient),
                  policy.enforces() ? "enforces it there" : "is who would enforce it there",
                  fmt::join(unseen, ", "));
  finding.object(policy.object->ref()).field("spec.rules");
  add_fix(finding, mesh, policy, ambient);
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
  Targets ambient;
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
