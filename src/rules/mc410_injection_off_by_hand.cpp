// Severity, documentation and parameters: rules/mc410-injection-off-by-hand.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Cause {
  Node where;
  std::string text;
};

Cause cause_of(const Workload& workload) {
  const Node pod = workload.object->pod_template();
  if (workload.decision.reason == InjectionReason::host_network) {
    return {pod["spec"]["hostNetwork"], "it is on the host's network"};
  }
  for (const char* place : {"labels", "annotations"}) {
    const Node opt_out = pod["metadata"][place]["sidecar.istio.io/inject"];
    if (opt_out.text() == "false") {
      return {opt_out, fmt::format("its {} sidecar.istio.io/inject says so",
                                   std::string_view(place) == "labels" ? "label" : "annotation")};
    }
  }
  return {};
}

// istiod and Istio's own daemons opt out, and must.
bool is_istios_own(const Mesh& mesh, const Workload& workload) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.deployment == workload.object || plane.name_space == workload.name_space) return true;
  }
  const Node labels = workload.pod_labels();
  return labels["app"].text() == "ztunnel" || labels["k8s-app"].text() == "istio-cni-node";
}

}  // namespace

void mc410_injection_off_by_hand(const Mesh& mesh, const Parameters&, Sink& sink) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    const Namespace* home = mesh.find_namespace(workload.name_space);
    if (home == nullptr || home->injection != Namespace::Injection::sidecar) continue;
    if (workload.owned()) continue;
    any = true;
    sink.judged();
    if (workload.decision.injected || is_istios_own(mesh, workload)) continue;
    const Cause cause = cause_of(workload);
    if (!cause.where) continue;
    sink.report(cause.where, "{} {} has no sidecar though namespace {} injects: {}", workload.kind,
                workload.name, workload.name_space, cause.text)
        .object(workload.object->ref())
        .field("spec.template")
        .fix("Let it be injected, or note why it is out of the mesh.");
  }
  if (!any) {
    sink.not_evaluated("no workload of an injected namespace is in the input",
                       {"Namespace", "Deployment"});
  }
}

}  // namespace meshcheck::rules
