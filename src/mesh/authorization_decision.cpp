// The order of evaluation: CUSTOM, DENY, ALLOW (istio:
// pilot/pkg/security/authz/builder/builder.go).
#include "meshcheck/authorization_decision.h"

#include <algorithm>

#include "mesh/read_policies.h"
#include "meshcheck/mtls.h"
#include "meshcheck/policy_partners.h"
#include "meshcheck/policy_trial.h"
#include "meshcheck/service.h"

namespace meshcheck {
namespace {

PolicyVerdict judge(const Mesh& mesh, const AuthorizationPolicy& policy, const Request& request,
                    Sight sight) {
  PolicyVerdict verdict{.policy = &policy, .match = Match::no, .rule = nullptr, .depends_on = {}};
  for (const AuthorizationRule& rule : policy.rules) {
    RuleVerdict one = match_rule(mesh, policy, rule, request, sight);
    if (one.match == Match::no) continue;
    if (one.match == Match::yes) {
      return {.policy = &policy, .match = Match::yes, .rule = &rule, .depends_on = {}};
    }
    if (verdict.rule == nullptr) verdict.rule = &rule;
    verdict.match = Match::unknown;
    for (std::string& field : one.depends_on) {
      if (std::ranges::find(verdict.depends_on, field) == verdict.depends_on.end()) {
        verdict.depends_on.push_back(std::move(field));
      }
    }
  }
  return verdict;
}

const PolicyVerdict* first_with(const std::vector<PolicyVerdict>& verdicts, Match match) {
  const auto found = std::ranges::find(verdicts, match, &PolicyVerdict::match);
  return found == verdicts.end() ? nullptr : &*found;
}

void settle(Decision& decision, Decision::Outcome outcome, const PolicyVerdict* by,
            std::string reason) {
  decision.outcome = outcome;
  if (by != nullptr) decision.decided_by = *by;
  decision.reason = std::move(reason);
}

// istiod turns a CUSTOM policy without its provider into one that denies (istio:
// pilot/pkg/security/authz/builder/extauthz.go, getBadCustomDenyRules).
bool has_no_provider(const Mesh& mesh, const PolicyVerdict& custom) {
  const auto provider = custom.policy->object->spec()["provider"]["name"].text();
  return custom.match == Match::yes &&
         (provider.empty() || defines_provider(mesh, provider) == false);
}

void settle(const Mesh& mesh, Decision& decision) {
  using Outcome = Decision::Outcome;
  for (const PolicyVerdict& custom : decision.custom) {
    if (!has_no_provider(mesh, custom)) continue;
    return settle(decision, Outcome::denied, &custom,
                  "a CUSTOM policy matches whose provider the mesh configuration does not define");
  }
  if (const auto* deny = first_with(decision.deny, Match::yes)) {
    return settle(decision, Outcome::denied, deny, "a DENY policy matches");
  }
  const auto* allow = first_with(decision.allow, Match::yes);
  const auto* maybe = first_with(decision.allow, Match::unknown);
  // Nothing can admit it any more, whatever the open DENY policies say.
  if (!decision.allow.empty() && allow == nullptr && maybe == nullptr) {
    return settle(decision, Outcome::denied, nullptr, "no ALLOW policy matches");
  }
  if (const auto* deny = first_with(decision.deny, Match::unknown)) {
    return settle(decision, Outcome::unknown, deny, "a DENY policy may match");
  }
  if (const auto* custom = first_with(decision.custom, Match::unknown)) {
    return settle(decision, Outcome::unknown, custom, "a CUSTOM policy may match");
  }
  if (const auto* custom = first_with(decision.custom, Match::yes)) {
    return settle(decision, Outcome::unknown, custom, "a provider is asked");
  }
  if (allow != nullptr) {
    return settle(decision, Outcome::allowed, allow, "an ALLOW policy matches");
  }
  if (maybe != nullptr) {
    return settle(decision, Outcome::unknown, maybe,
                  "an ALLOW policy may match, and no other does");
  }
  settle(decision, Outcome::allowed, nullptr, "no policy refuses it and no ALLOW policy applies");
}

// ztunnel is sent neither CUSTOM nor AUDIT policies, and has its own way with dry runs (istio:
// pilot/pkg/serviceregistry/ambient/authorization.go).
bool enforces(const Mesh& mesh, const AuthorizationPolicy& policy, Sight sight) {
  if (sight != Sight::ztunnel) return policy.enforces();
  if (policy.action == PolicyAction::custom) return false;
  return policy.enforces() ||
         (policy.action != PolicyAction::audit && ztunnel_dry_run(mesh) == ZtunnelDryRun::enforced);
}

// A caller without a certificate does not get as far as the policies where mutual TLS is STRICT.
bool is_refused_by_mtls(const Mesh& mesh, const PolicyTarget& target, const Request& request) {
  if (target.workload == nullptr || request.principal != "") return false;
  const WorkloadMtls& mtls = mesh.mtls->of(*target.workload);
  const auto port = port_number(request.port.value_or(""));
  if (!mtls.enforced || (!port && !mtls.ports.empty())) return false;
  const auto& mode = port ? mtls.on(*port) : mtls.mode;
  return mode.value == MtlsMode::strict && mode.known();
}

std::vector<const PolicyTarget*> waypoints_of(const Mesh& mesh, const PolicyTarget& target) {
  std::vector<const PolicyTarget*> waypoints;
  if (target.plane != DataPlane::ztunnel) return waypoints;
  for (const Resource* service : target.services) {
    for (const PolicyTarget* waypoint : *waypoint_of(mesh, *service)) {
      if (std::ranges::find(waypoints, waypoint) == waypoints.end()) waypoints.push_back(waypoint);
    }
  }
  return waypoints;
}

bool selects(const AuthorizationPolicy& policy, const PolicyTarget& target) {
  return std::ranges::find(*policy.attachment.selects, &target) != policy.attachment.selects->end();
}

}  // namespace

Decision decide_request(const Mesh& mesh, const PolicyTarget& target, const Request& request) {
  Decision decision;
  decision.target = &target;
  decision.sight = sight_of(target, request);
  decision.waypoints = waypoints_of(mesh, target);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.action == PolicyAction::unknown || !selects(policy, target)) continue;
    PolicyVerdict verdict = judge(mesh, policy, request, decision.sight);
    if (!enforces(mesh, policy, decision.sight)) {
      decision.recorded.push_back(std::move(verdict));
      continue;
    }
    switch (policy.action) {
      case PolicyAction::custom: decision.custom.push_back(std::move(verdict)); break;
      case PolicyAction::deny: decision.deny.push_back(std::move(verdict)); break;
      case PolicyAction::allow: decision.allow.push_back(std::move(verdict)); break;
      case PolicyAction::audit:
      case PolicyAction::unknown: break;
    }
  }
  if (is_refused_by_mtls(mesh, target, request)) {
    settle(decision, Decision::Outcome::denied, nullptr,
           "mutual TLS is STRICT, and a caller without a certificate is refused before any policy");
  } else {
    settle(mesh, decision);
  }
  return decision;
}

}  // namespace meshcheck
