// Severity, documentation and parameters: rules/mc908-orphaned-istiooperator.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {

// A file of that kind is what istioctl installs from to this day; only an object of the cluster
// waited for an operator (istio: operator/cmd/operator, gone in 1.24.0).
void mc908_orphaned_istiooperator(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const auto runs = std::ranges::find_if(mesh.control_planes, [](const ControlPlane& plane) {
    return plane.deployment != nullptr && plane.version && plane.version->at_least(1, 24);
  });
  const bool older = std::ranges::any_of(mesh.control_planes, [](const ControlPlane& plane) {
    return plane.deployment != nullptr && plane.version && !plane.version->at_least(1, 24);
  });
  bool any = false;
  for (const Resource* object : mesh.resources->of_kind("IstioOperator")) {
    if (!object->is_live() || object->group() != "install.istio.io") continue;
    any = true;
    if (older) {
      sink.judged();
    } else if (runs == mesh.control_planes.end()) {
      sink.not_evaluated("which istiod runs beside the IstioOperator is not in the input",
                         {"Deployment istiod"});
    } else {
      sink.report(object->anchor(),
                  "IstioOperator {} is reconciled by nothing: istiod runs Istio {}, and the "
                  "operator was removed with 1.24",
                  object->name(), runs->version->text())
          .object(object->ref())
          .field("spec")
          .related("istiod", runs->anchor, runs->object)
          .fix(fmt::format("Once its settings are kept in Helm values or a file for istioctl: "
                           "kubectl delete istiooperator {} -n {}.",
                           object->name(), object->name_space()));
    }
  }
  if (!any) sink.not_evaluated("no IstioOperator of a cluster is in the input", {"IstioOperator"});
}

}  // namespace meshcheck::rules
