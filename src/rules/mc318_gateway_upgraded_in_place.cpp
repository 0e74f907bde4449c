// Severity, documentation and parameters: rules/mc318-gateway-upgraded-in-place.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {

void mc318_gateway_upgraded_in_place(const Mesh& mesh, const Parameters& /*parameters*/,
                                     Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.method != InstallMethod::istiooperator || plane.deployment != nullptr) continue;
    if (!plane.revision_known) {
      sink.not_evaluated(fmt::format("the revision of {} is not in the input", plane.name));
      continue;
    }
    sink.judged();
    if (plane.revision == "default") continue;
    for (const Gateway& gateway : mesh.gateways) {
      // A gateway that is named for the revision is its own.
      const bool moved = gateway.method == InstallMethod::istiooperator &&
                         gateway.workload == nullptr && gateway.revision == plane.revision &&
                         gateway.name.find(plane.revision) == std::string::npos;
      if (!moved) continue;
      sink.report(gateway.anchor, "installing revision {} moves gateway {} in place",
                  plane.revision, gateway.name)
          .about(plane)
          .field("spec.components")
          .fix(fmt::format("Install {} apart from the revision; in this IstioOperator set its "
                           "component to enabled: false.",
                           gateway.name));
    }
  }
  const bool any = std::ranges::any_of(mesh.control_planes, [](const ControlPlane& plane) {
    return plane.method == InstallMethod::istiooperator && plane.deployment == nullptr;
  });
  if (!any) sink.not_evaluated("no IstioOperator is in the input", {"IstioOperator"});
}

}  // namespace meshcheck::rules
