// Severity, documentation and parameters: rules/mc604-deny-all.yaml
#include <algorithm>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using Targets = std::vector<const PolicyTarget*>;

bool admits(const AuthorizationPolicy& policy) {
  return policy.action == PolicyAction::allow && policy.enforces() && !policy.rules.empty();
}

// The ALLOW rules that ztunnel leaves out.
bool loses_rules(const AuthorizationPolicy& policy) {
  return admits(policy) && !std::ranges::all_of(policy.rules, is_seen_by_ztunnel);
}

bool admits_through(const AuthorizationPolicy& policy, const PolicyTarget& target) {
  return target.plane != DataPlane::ztunnel ||
         std::ranges::any_of(policy.rules, is_seen_by_ztunnel);
}

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink) {
    for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
      if (!admits(policy)) continue;
      admitting_namespaces_.insert(policy.name_space);
      admitting_in_root_ = admitting_in_root_ || policy.attachment.in_root;
      for (const PolicyTarget* target : *policy.attachment.selects) {
        if (admits_through(policy, *target)) admitted_.insert(target);
      }
    }
    for (const Namespace& name_space : mesh.namespaces) {
      if (mesh.covers("Deployment", name_space.name)) known_.insert(name_space.name);
    }
  }

  void deny(const AuthorizationPolicy& policy) {
    sink_.judged();
    for (const AuthorizationRule& rule : policy.rules) {
      if (!rule.matches_everything()) continue;
      const auto& selected = *policy.attachment.selects;
      const std::string reach = selected.empty() ? std::string() : " to " + name_some(selected);
      Draft finding = sink_.report(
          rule.node, "AuthorizationPolicy {} denies every request{}: the rule has no condition",
          policy.name, reach);
      finding.object(policy.object->ref()).field("spec.rules");
      add_fix(finding, policy);
      return;
    }
  }

  void empty_allow(const AuthorizationPolicy& policy) {
    if (has_allow_beside(policy)) return sink_.judged();
    Targets refused;
    bool any_known = false;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (!mesh_.covers_all("Deployment") && !known_.contains(target->name_space)) continue;
      any_known = true;
      const bool in_mesh = target->plane != DataPlane::none && target->plane != DataPlane::unknown;
      if (in_mesh && !admitted_.contains(target)) refused.push_back(target);
    }
    if (!any_known) {
      return sink_.not_evaluated(
          fmt::format("the workloads that AuthorizationPolicy {}/{} refuses, and what admits "
                      "callers to them, are not in the input",
                      policy.name_space, policy.name),
          {"Namespace", "Deployment"});
    }
    if (refused.empty()) return sink_.judged();
    sink_
        .report_as(
            "nothing-admitted", policy.object->anchor(),
            "AuthorizationPolicy {} allows nothing, and no ALLOW policy admits a caller to {}",
            policy.name, name_some(refused))
        .object(policy.object->ref())
        .field("spec.rules")
        .fix("Add an ALLOW policy for the callers that are meant; keep this one as default-deny.");
  }

  // An ALLOW on requests for workloads whose ztunnel sees none, beside no other that it can use.
  void lost_allow(const AuthorizationPolicy& policy) {
    sink_.judged();
    Targets refused;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->plane == DataPlane::ztunnel && !admitted_.contains(target)) {
        refused.push_back(target);
      }
    }
    if (refused.empty()) return;
    std::vector<std::string_view> unseen;
    for (const AuthorizationRule& rule : policy.rules) {
      for (const std::string_view field : fields_of(rule)) {
        const bool known = std::ranges::find(unseen, field) != unseen.end();
        if (!is_ztunnel_attribute(field) && !known) unseen.push_back(field);
      }
    }
    sink_
        .report_as("nothing-admitted", policy.rules.front().node,
                   "AuthorizationPolicy {} admits nobody to {}, nor does another: ztunnel enforces "
                   "it there, does not see {}, and leaves out the rules that ask for it",
                   policy.name, name_some(refused), fmt::join(unseen, ", "))
        .object(policy.object->ref())
        .field("spec.rules")
        .fix(
            "Attach the policy to the waypoint that serves them: targetRefs instead of a "
            "selector.");
  }

 private:
  // A patch that makes it a dry run helps only where everyone concerned knows of dry runs.
  void add_fix(Draft& finding, const AuthorizationPolicy& policy) const {
    const bool dry = can_run_dry(mesh_, *policy.attachment.selects);
    finding.fix(
        fmt::format("Give the rule its conditions{}. For default-deny take action and rules away: "
                    "what is left, "
                    "an ALLOW without rules, lets ALLOW policies beside it admit callers.",
                    dry ? ", and run it dry until then" : ""));
    if (!dry) return;
    finding.patch(manifest_head(policy.object->ref()) +
                  "  annotations:\n    istio.io/dry-run: \"true\"\n");
  }

  // Then it is the default-deny that the others make exceptions from.
  bool has_allow_beside(const AuthorizationPolicy& policy) const {
    if (policy.attachment.scope == PolicyAttachment::Scope::mesh) {
      return !admitting_namespaces_.empty();
    }
    return admitting_namespaces_.contains(policy.name_space) || admitting_in_root_;
  }

  const Mesh& mesh_;
  Sink& sink_;
  std::set<std::string_view> admitting_namespaces_;
  bool admitting_in_root_ = false;
  std::set<const PolicyTarget*> admitted_;
  std::set<std::string_view> known_;
};

}  // namespace

void mc604_deny_all(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
    return;
  }
  Judge judge(mesh, sink);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    const bool empty_allow = policy.action == PolicyAction::allow && policy.rules.empty();
    if (policy.enforces() && policy.action == PolicyAction::deny) {
      judge.deny(policy);
    } else if (policy.enforces() && empty_allow) {
      judge.empty_allow(policy);
    } else if (loses_rules(policy)) {
      judge.lost_allow(policy);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
