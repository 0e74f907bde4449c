// Severity, documentation and parameters: rules/mc910-istiod-network-policy.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::string policy_for(const ControlPlane& plane) {
  return manifest_head({.api_version = "networking.k8s.io/v1",
                        .kind = "NetworkPolicy",
                        .name_space = plane.name_space,
                        .name = plane.name,
                        .revision = {}}) +
         "spec:\n  podSelector:\n    matchLabels:\n" + indented(pod_selector(plane), 6) +
         "  policyTypes: [Ingress]\n"
         "  ingress:\n"
         "    - ports:\n"
         "        - {port: 15010, endPort: 15012, protocol: TCP}\n"
         "        - {port: 15014, protocol: TCP}\n"
         "        - {port: 15017, protocol: TCP}\n"
         "        - {port: 8080, protocol: TCP}\n";
}

void report(const ControlPlane& plane, Sink& sink) {
  Draft finding = sink.report(plane.anchor, "no NetworkPolicy selects the pods of {}", plane.name);
  finding.about(plane).fix("Let in its own ports only.").patch(policy_for(plane));
  if (plane.version && plane.version->at_least(1, 28)) {
    finding.setting("global.networkPolicy.enabled", "true");
  }
}

void judge(const Mesh& mesh, const ControlPlane& plane, Sink& sink) {
  const auto policies = mesh.resources->in_namespace("NetworkPolicy", plane.name_space);
  const bool shown = mesh.covers("NetworkPolicy", plane.name_space) || !policies.empty();
  if (plane.deployment == nullptr || !shown) {
    sink.not_evaluated(
        fmt::format("the NetworkPolicies of {} are not in the input", plane.name_space),
        {"NetworkPolicy", "--complete"});
    return;
  }
  const bool guarded = std::ranges::any_of(policies, [&](const Resource* policy) {
    return policy->group() == "networking.k8s.io" &&
           selects(policy->spec()["podSelector"], plane.pod_labels);
  });
  if (guarded) {
    sink.judged();
  } else {
    report(plane, sink);
  }
}

}  // namespace

void mc910_istiod_network_policy(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.control_planes.empty()) sink.not_evaluated("no istiod is in the input", {"istiod"});
  for (const ControlPlane& plane : mesh.control_planes) judge(mesh, plane, sink);
}

}  // namespace meshcheck::rules
