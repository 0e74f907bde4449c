// Severity, documentation and parameters: rules/mc608-identity-rule-bypassed.yaml
#include <algorithm>
#include <optional>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Where the rule lets plaintext callers by: what it excludes, or what alone it asks for.
Node gap(const AuthorizationPolicy& policy, const AuthorizationRule& rule) {
  if (policy.action == PolicyAction::allow) return excluded_identity(rule);
  return asks_only_for_identity(rule) ? wanted_identity(rule) : Node{};
}

// ztunnel leaves the rule out: it lets nobody by, or MC605 tells of it.
bool is_lost(const AuthorizationPolicy& policy, const AuthorizationRule& rule,
             const PolicyTarget& target) {
  if (target.plane != DataPlane::ztunnel) return false;
  return policy.action == PolicyAction::allow ? !is_seen_by_ztunnel(rule)
                                              : never_matches_on_ztunnel(rule);
}

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink), admissions_(mesh) {}

  void policy(const AuthorizationPolicy& policy) {
    bool any = false;
    for (const AuthorizationRule& rule : policy.rules) {
      const Node where = gap(policy, rule);
      any |= static_cast<bool>(where);
      if (where && rule_lets_by(policy, rule, where)) return;  // once a policy
    }
    if (!any) sink_.judged();  // it hangs on no identity
  }

 private:
  bool rule_lets_by(const AuthorizationPolicy& policy, const AuthorizationRule& rule, Node where) {
    const RulePorts ports = ports_of(rule);
    if (!ports.all && ports.listed.empty()) return false;
    // NOLINTNEXTLINE(readability-use-anyofallof): it reports as it goes
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->workload == nullptr || !mesh_.mtls->of(*target->workload).enforced) continue;
      if (is_lost(policy, rule, *target)) continue;
      const PlaintextAdmission admission = admissions_.of(*target->workload);
      const Traced<MtlsMode>& mode = mesh_.mtls->of(*target->workload).weakest(ports.listed);
      if (!mode.known()) {
        sink_.not_evaluated(mode.from.text, {"PeerAuthentication"});
        continue;
      }
      sink_.judged();
      if (mode.value == MtlsMode::strict || admission.denied || !admission.allowed) continue;
      report(policy, where, *target, mode, ports);
      return true;
    }
    return false;
  }

  void report(const AuthorizationPolicy& policy, Node where, const PolicyTarget& target,
              const Traced<MtlsMode>& mode, const RulePorts& ports) {
    const bool allows = policy.action == PolicyAction::allow;
    Draft finding = sink_.report(
        where.at(0),
        "AuthorizationPolicy {}/{} {}: mTLS is {} on {} {}, and a caller without a certificate has "
        "no identity{}",
        policy.name_space, policy.name,
        allows ? "allows callers that it means to keep out" : "denies nothing to plaintext callers",
        to_string(mode.value), target.kind, target.name,
        allows ? ", so it is none of those excluded" : " to match");
    finding.object(policy.object->ref()).field("spec.rules.from.source");
    finding.related("one of those it is for", target.anchor, target.object->ref());
    if (mode.from.kind == Provenance::Kind::input) {
      finding.related("the mTLS mode", mode.from.node, {});
    }
    const std::string fix = make_strict(policy, target);
    if (mode.value == MtlsMode::disable) {
      finding.fix(fix + ": under DISABLE no caller has an identity.");
    } else if (can_refuse_plaintext(policy, ports)) {
      finding.fix(fix + ", or apply this, which refuses whoever comes without a certificate.")
          .patch(must_be_mtls(policy, ports));
    } else {
      finding.fix(fix + ".");
    }
  }

  std::string make_strict(const AuthorizationPolicy& policy, const PolicyTarget& target) {
    std::string fix = fmt::format("Make mTLS STRICT in namespace {}", target.name_space);
    for (const PolicyTarget* one : *policy.attachment.selects) {
      for (const OutsideCall* call : calls_of(*one)) {
        return fix + fmt::format(
                         ", but for port {} of {} {} (portLevelMtls), which {} calls without "
                         "a certificate",
                         call->port, one->kind, one->name, call->caller);
      }
    }
    return fix;
  }

  // Gateways' callers have no certificate of the mesh, under DISABLE nobody has one, and some who
  // call from outside it are known. A mesh has gateways, shown or not.
  bool can_refuse_plaintext(const AuthorizationPolicy& policy, const RulePorts& ports) {
    const auto scope = policy.attachment.scope;
    if (scope == PolicyAttachment::Scope::mesh || scope == PolicyAttachment::Scope::target_refs) {
      return false;
    }
    const auto is_hit = [&](const OutsideCall* call) {
      return ports.all || std::ranges::count(ports.listed, call->port) != 0;
    };
    return std::ranges::all_of(*policy.attachment.selects, [&](const PolicyTarget* target) {
      if (target->plane == DataPlane::gateway || target->plane == DataPlane::waypoint) return false;
      if (target->workload == nullptr || !mesh_.mtls->of(*target->workload).enforced) return true;
      const Traced<MtlsMode>& mode = mesh_.mtls->of(*target->workload).weakest(ports.listed);
      return mode.known() && mode.value != MtlsMode::disable &&
             std::ranges::none_of(calls_of(*target), is_hit);
    });
  }

  std::vector<const OutsideCall*> calls_of(const PolicyTarget& target) {
    if (!calls_) calls_ = outside_calls(mesh_);
    std::vector<const OutsideCall*> found;
    for (const OutsideCall& call : *calls_) {
      if (call.workload == target.workload) found.push_back(&call);
    }
    return found;
  }

  static std::string must_be_mtls(const AuthorizationPolicy& policy, const RulePorts& ports) {
    ObjectRef ref = policy.object->ref();
    // Of one namespace: another policy here may need one too.
    ref.name = std::string(policy.name) + "-requires-mtls";
    std::string patch = manifest_head(ref) + "spec:\n";
    if (policy.attachment.match_labels.size() != 0) {
      patch += fmt::format("  selector:\n    matchLabels: {}\n",
                           flow_mapping(policy.attachment.match_labels));
    }
    patch +=
        "  action: DENY\n  rules:\n    - from:\n        - source:\n"
        "            notPrincipals: [\"*\"]\n";
    if (ports.all) return patch;
    return patch + fmt::format("      to:\n        - operation:\n            ports: [\"{}\"]\n",
                               fmt::join(ports.listed, "\", \""));
  }

  const Mesh& mesh_;
  Sink& sink_;
  PlaintextAdmissions admissions_;
  std::optional<std::vector<OutsideCall>> calls_;  // once they are asked for
};

}  // namespace

void mc608_identity_rule_bypassed(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  Judge judge(mesh, sink);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    const bool decides =
        policy.action == PolicyAction::allow || policy.action == PolicyAction::deny;
    if (decides && policy.enforces()) {
      judge.policy(policy);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
