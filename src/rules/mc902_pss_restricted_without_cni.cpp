// Severity, documentation and parameters: rules/mc902-pss-restricted-without-cni.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

const Injector* find_injector(const Mesh& mesh, std::string_view revision) {
  for (const Injector& injector : mesh.injectors) {
    if (injector.revision == revision) return &injector;
  }
  return nullptr;
}

}  // namespace

void mc902_pss_restricted_without_cni(const Mesh& mesh, const Parameters&, Sink& sink) {
  bool any = false;
  for (const Namespace& name_space : mesh.namespaces) {
    const Node level = name_space.object->labels()["pod-security.kubernetes.io/enforce"];
    const bool strict = level.text() == "restricted" || level.text() == "baseline";
    if (!strict || !name_space.decision.injected) continue;
    any = true;
    const Injector* injector = find_injector(mesh, name_space.decision.revision);
    if (injector == nullptr || !injector->sidecar.cni) {
      sink.not_evaluated(fmt::format("whether istio-cni serves namespace {} is not in the input",
                                     name_space.name),
                         {"ConfigMap istio-sidecar-injector"});
      continue;
    }
    if (*injector->sidecar.cni) {
      sink.judged();
      continue;
    }
    sink.report(level,
                "namespace {} enforces {} and injects: istio-init needs NET_ADMIN, so every pod "
                "with a sidecar is refused",
                name_space.name, level.text())
        .object(name_space.object->ref())
        .field("metadata.labels[pod-security.kubernetes.io/enforce]")
        .related("the injector that uses istio-init", injector->anchor)
        .fix("Install istio-cni and set pilot.cni.enabled: true for istiod.");
  }
  if (!any) {
    sink.not_evaluated("no injected namespace that enforces pod security is in the input",
                       {"Namespace"});
  }
}

}  // namespace meshcheck::rules
