// Severity, documentation and parameters: rules/mc603-audit-has-no-effect.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool only_ztunnel(const std::vector<const PolicyTarget*>& targets) {
  return !targets.empty() && std::ranges::all_of(targets, [](const PolicyTarget* target) {
    return target->plane == DataPlane::ztunnel;
  });
}

constexpr std::string_view kForEnvoy =
    "To see what a rule would do, make it ALLOW or DENY with the annotation `istio.io/dry-run: "
    "\"true\"`; to record requests, print %DYNAMIC_METADATA(envoy.common:access_log_hint)% in the "
    "access log.";
constexpr std::string_view kForZtunnel =
    "To see what a rule would do, make it ALLOW or DENY with the annotation `istio.io/dry-run: "
    "\"true\"`, which takes ztunnel 1.29 and AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY=true on "
    "istiod; or attach it to a waypoint with targetRefs.";

void report(const AuthorizationPolicy& policy, std::string_view why, std::string_view fix,
            Sink& sink) {
  sink.report(policy.action_node(), "AuthorizationPolicy {} audits to nowhere: {}", policy.name,
              why)
      .object(policy.object->ref())
      .field("spec.action")
      .fix(std::string(fix));
}

}  // namespace

void mc603_audit_has_no_effect(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  const auto logged = logs_audit(mesh);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    const bool audits = policy.action == PolicyAction::audit;
    if (audits && only_ztunnel(*policy.attachment.selects)) {
      report(policy, "ztunnel, which serves what it selects, does not support AUDIT", kForZtunnel,
             sink);
    } else if (audits && !logged) {
      sink.not_evaluated(
          "whether an access log prints what AUDIT marks: no mesh configuration is in the input",
          {"ConfigMap istio"});
    } else if (audits && !*logged) {
      report(policy, "no access log prints the mark that it sets", kForEnvoy, sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
