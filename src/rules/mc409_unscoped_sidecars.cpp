// Severity, documentation and parameters: rules/mc409-unscoped-sidecars.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kDefaultSidecar =
    "apiVersion: networking.istio.io/v1\n"
    "kind: Sidecar\n"
    "metadata:\n"
    "  name: default\n"
    "  namespace: istio-system\n"
    "spec:\n"
    "  egress:\n"
    "    - hosts: [\"./*\", \"istio-system/*\"]\n";

std::int64_t count_services(const Mesh& mesh) {
  const auto all = mesh.resources->of_kind("Service");
  return std::ranges::count_if(all,
                               [](const Resource* service) { return service->group().empty(); });
}

bool has_sidecar(const Mesh& mesh) {
  return std::ranges::any_of(mesh.resources->of_kind("Sidecar"), [](const Resource* sidecar) {
    return sidecar->group() == "networking.istio.io";
  });
}

bool has_discovery_selectors(const Mesh& mesh) {
  return std::ranges::any_of(mesh.mesh_configs, [](const MeshConfig& config) {
    return config.field("discoverySelectors").size() != 0;
  });
}

}  // namespace

void mc409_unscoped_sidecars(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  const std::int64_t services = count_services(mesh);
  if (services == 0 || mesh.control_planes.empty()) {
    sink.not_evaluated("istiod and the mesh's Services are not in the input together",
                       {"Service", "istiod"});
    return;
  }
  sink.judged();
  if (services < parameters.integer("services") || has_sidecar(mesh)) return;
  if (has_discovery_selectors(mesh)) return;
  for (const ControlPlane& plane : mesh.control_planes) {
    sink.report(plane.anchor,
                "{} tells every proxy of all {} Services: no Sidecar resource and no "
                "discoverySelectors narrow it",
                plane.name, services)
        .about(plane)
        .field("meshConfig.discoverySelectors")
        .fix("Add a default Sidecar to the root namespace, after testing it in one namespace.")
        .patch(std::string(kDefaultSidecar));
  }
}

}  // namespace meshcheck::rules
