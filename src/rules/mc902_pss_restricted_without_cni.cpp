// Severity, documentation and parameters: rules/mc902-pss-restricted-without-cni.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The injector that redirects traffic by istio-init for the revision; null where one does not, or
// where that is not known: files may hold several installations of one revision.
const Injector* without_cni(const Mesh& mesh, std::string_view revision, bool& known) {
  const Injector* found = nullptr;
  known = false;
  for (const Injector& injector : mesh.injectors) {
    if (injector.revision != revision) continue;
    known = injector.sidecar.cni.has_value();
    if (!known || *injector.sidecar.cni) return nullptr;
    found = &injector;
  }
  return found;
}

}  // namespace

void mc902_pss_restricted_without_cni(const Mesh& mesh, const Parameters&, Sink& sink) {
  bool any = false;
  for (const Namespace& name_space : mesh.namespaces) {
    const Node level = name_space.object->labels()["pod-security.kubernetes.io/enforce"];
    const bool strict = level.text() == "restricted" || level.text() == "baseline";
    if (!strict || !name_space.decision.injected) continue;
    any = true;
    bool known = false;
    const Injector* injector = without_cni(mesh, name_space.decision.revision, known);
    if (!known) {
      sink.not_evaluated(
          fmt::format("whether istio-cni serves namespace {} is not in the input", name_space.name),
          {"ConfigMap istio-sidecar-injector"});
      continue;
    }
    if (injector == nullptr) {
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
