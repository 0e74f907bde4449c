// Severity, documentation and parameters: rules/mc410-injection-off-by-hand.yaml
#include <algorithm>
#include <set>
#include <utility>

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
  std::set<std::string_view> undecided;
  for (const Workload& workload : mesh.workloads) {
    const auto homes = mesh.definitions_of_namespace(workload.name_space);
    const auto injects =
        std::ranges::count(homes, Namespace::Injection::sidecar, &Namespace::injection);
    if (injects == 0) continue;
    if (workload.owned()) continue;
    any = true;
    if (std::cmp_not_equal(injects, homes.size())) {
      undecided.insert(workload.name_space);
      continue;
    }
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
  for (const std::string_view name : undecided) {
    sink.not_evaluated(
        fmt::format("of the definitions of namespace {} some inject and some do not", name), {});
  }
  if (!any) {
    sink.not_evaluated("no workload of an injected namespace is in the input",
                       {"Namespace", "Deployment"});
  }
}

}  // namespace meshcheck::rules
