// Severity, documentation and parameters: rules/mc307-injection-without-default.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Some webhook that is not neutralised matches what the label asks for.
bool is_owned(const Mesh& mesh, const LabelSet& name_space, const LabelSet& pod) {
  return std::ranges::any_of(mesh.injector_webhooks, [&](const InjectorWebhooks& webhooks) {
    return judge(webhooks, name_space, pod).matches;
  });
}

std::string remedy(const Mesh& mesh) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.revision == "default" || plane.retired()) continue;
    return fmt::format(
        "`istioctl tag set default --revision {}`, or label the namespace istio.io/rev with a tag "
        "or revision instead.",
        plane.revision);
  }
  return "Give a revision the tag `default` (`istioctl tag set default --revision …`), or label "
         "the namespace istio.io/rev instead.";
}

}  // namespace

void mc307_injection_without_default(const Mesh& mesh, const Parameters& /*parameters*/,
                                     Sink& sink) {
  if (!mesh.revisions_known()) {
    sink.not_evaluated("which revisions exist is not in the input",
                       {"MutatingWebhookConfiguration", "Deployment istiod"});
    return;
  }
  sink.judged();
  LabelSet enabled;
  enabled.set("istio-injection", "enabled");
  const bool namespaces_served = is_owned(mesh, enabled, {});
  LabelSet wanting;
  wanting.set("sidecar.istio.io/inject", "true");
  const bool pods_served = is_owned(mesh, {}, wanting);
  for (const Namespace& name_space : mesh.namespaces) {
    const Node label = name_space.object->labels()["istio-injection"];
    if (namespaces_served || label.text() != "enabled") continue;
    sink.report(label,
                "namespace {} asks for the default revision, and nothing owns it: its pods start "
                "without a sidecar",
                name_space.name)
        .object(name_space.object->ref())
        .field("metadata.labels[istio-injection]")
        .fix(remedy(mesh));
  }
  for (const Workload& workload : mesh.workloads) {
    const Node label = workload.pod_labels()["sidecar.istio.io/inject"];
    const Namespace* name_space = mesh.find_namespace(workload.name_space);
    const bool relies = !pods_served && label.text() == "true" &&
                        !workload.pod_labels()["istio.io/rev"] && name_space != nullptr &&
                        !name_space->object->labels()["istio-injection"] &&
                        !name_space->object->labels()["istio.io/rev"] && !workload.owned();
    if (!relies) continue;
    sink.report(label,
                "{} {} asks for a sidecar of the default revision, and nothing owns it: its pods "
                "start without one",
                workload.kind, workload.name)
        .object(workload.object->ref())
        .field("spec.template.metadata.labels[sidecar.istio.io/inject]")
        .fix(remedy(mesh));
  }
}

}  // namespace meshcheck::rules
