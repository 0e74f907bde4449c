// Severity, documentation and parameters: rules/mc411-job-never-completes.yaml
#include <algorithm>
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Ways in which a script ends its own proxy.
bool ends_the_proxy(std::string_view text) {
  constexpr std::array<std::string_view, 4> kWords = {"quitquitquit", "pilot-agent", "pkill",
                                                      "scuttle"};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool any_text(Node node) {
  if (node.is_scalar()) return ends_the_proxy(node.text());
  if (node.is_sequence()) return std::ranges::any_of(node.items(), any_text);
  return std::ranges::any_of(node.entries(), [](Entry entry) { return any_text(entry.value); });
}

bool calls_quit(Node pod_spec) {
  return std::ranges::any_of(pod_spec["containers"].items(), [](Node container) {
    const bool sidecar = container["name"].text() == kProxyContainer;
    return !sidecar && (any_text(container["command"]) || any_text(container["args"]) ||
                        any_text(container["lifecycle"]) || any_text(container["env"]));
  });
}

void report(const Workload& workload, Sink& sink) {
  sink.report(workload.object->anchor(),
              "{} {} does not complete: its sidecar is not native, and nothing ends it",
              workload.kind, workload.name)
      .object(workload.object->ref())
      .field("spec.template")
      .fix(
          "Make the sidecar native, where the cluster runs Kubernetes 1.29 or later and Istio 1.24 "
          "or later; or end the proxy by POST to localhost:15020/quitquitquit.")
      .patch(annotations_patch(*workload.object, "sidecar.istio.io/nativeSidecar: \"true\"\n"));
}

}  // namespace

void mc411_job_never_completes(const Mesh& mesh, const Parameters&, Sink& sink) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    if (workload.kind != "Job" && workload.kind != "CronJob") continue;
    if (!workload.sidecar || workload.owned()) continue;
    any = true;
    if (!workload.sidecar->native) {
      sink.not_evaluated(
          fmt::format("whether the sidecar of {} {} is native hangs on the kubelets' version",
                      workload.kind, workload.name),
          {"Node", "--kube-version"});
    } else if (*workload.sidecar->native || calls_quit(workload.object->pod_template()["spec"])) {
      sink.judged();
    } else {
      report(workload, sink);
    }
  }
  if (!any) sink.not_evaluated("no injected Job or CronJob is in the input", {"Job"});
}

}  // namespace meshcheck::rules
