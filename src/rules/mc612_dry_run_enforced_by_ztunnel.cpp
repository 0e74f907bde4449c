// Severity, documentation and parameters: rules/mc612-dry-run-enforced-by-ztunnel.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::vector<const PolicyTarget*> behind_ztunnel(const AuthorizationPolicy& policy) {
  std::vector<const PolicyTarget*> targets;
  std::ranges::copy_if(*policy.attachment.selects, std::back_inserter(targets),
                       [](const PolicyTarget* t) { return t->plane == DataPlane::ztunnel; });
  return targets;
}

void judge(const AuthorizationPolicy& policy, ZtunnelDryRun outcome, Sink& sink) {
  const auto targets = behind_ztunnel(policy);
  if (targets.empty() || outcome == ZtunnelDryRun::works) return sink.judged();
  if (outcome == ZtunnelDryRun::unknown) {
    return sink.not_evaluated(
        "what ztunnel makes of a dry run: no istiod, or no ztunnel's version, "
        "is in the input",
        {"Deployment istiod", "DaemonSet ztunnel"});
  }
  if (outcome == ZtunnelDryRun::dropped) {
    sink.report_as(
            "dropped", policy.dry_run_node,
            "AuthorizationPolicy {} does not run dry for {}: istiod sends ztunnel no dry runs",
            policy.name, name_some(targets))
        .object(policy.object->ref())
        .field("metadata.annotations[istio.io/dry-run]")
        .fix(
            "Set AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY=true on istiod once istiod and every "
            "ztunnel are at 1.29 or later; until then read nothing into the silence.");
    return;
  }
  sink.report(policy.dry_run_node,
              "AuthorizationPolicy {} is a dry run, and ztunnel enforces it for {}: ztunnel before "
              "1.29 knows no dry runs",
              policy.name, name_some(targets))
      .object(policy.object->ref())
      .field("metadata.annotations[istio.io/dry-run]")
      .fix(
          "Take AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY from istiod, or upgrade ztunnel to "
          "1.29 or later.");
}

}  // namespace

void mc612_dry_run_enforced_by_ztunnel(const Mesh& mesh, const Parameters& /*parameters*/,
                                       Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  const ZtunnelDryRun outcome = ztunnel_dry_run(mesh);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.dry_run && !policy.enforces()) {
      judge(policy, outcome, sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
