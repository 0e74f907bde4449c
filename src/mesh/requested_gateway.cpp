// Gateway API Gateways for which istiod deploys the proxy itself.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "mesh/container_resources.h"
#include "mesh/rendered.h"

namespace meshcheck {
namespace {

// istio: pkg/config/constants/constants.go; `istio.io/unmanaged-gateway` deploys nothing.
constexpr std::string_view kGateways = "istio.io/gateway-controller";
constexpr std::string_view kWaypoints = "istio.io/mesh-controller";
constexpr std::string_view kEastWest = "istio.io/eastwest-controller";

// The controller of a Gateway's class: by the GatewayClass, else by the names that istiod gives to
// its own (istio: pilot/pkg/config/kube/gateway/gatewayclass.go). Empty where it is none of
// istiod's that deploy a proxy, or not known.
std::string_view controller_of(const Mesh& mesh, const Resource& gateway) {
  const std::string_view named = gateway.spec()["gatewayClassName"].text();
  std::string_view controller;
  if (named == "istio") controller = kGateways;
  if (named == "istio-waypoint") controller = kWaypoints;
  if (named == "istio-east-west") controller = kEastWest;
  const Resource* written = mesh.resources->find("GatewayClass", "", named);
  if (written != nullptr) controller = written->spec()["controllerName"].text();
  const bool deploys =
      controller == kGateways || controller == kWaypoints || controller == kEastWest;
  return deploys ? controller : std::string_view{};
}

const Injector* find_injector(const Mesh& mesh, std::string_view revision) {
  const auto found = std::ranges::find(mesh.injectors, revision, &Injector::revision);
  return found == mesh.injectors.end() ? nullptr : &*found;
}

// Its own label, else its namespace's; a tag means the revision that it points to.
std::string revision_of(const Mesh& mesh, const Resource& gateway) {
  std::string_view wanted = gateway.label("istio.io/rev");
  const Namespace* home = mesh.find_namespace(gateway.name_space());
  if (wanted.empty() && home != nullptr) wanted = home->object->label("istio.io/rev");
  if (wanted.empty()) wanted = "default";
  const RevisionTag* tag = mesh.find_tag(wanted);
  return std::string(tag != nullptr && !tag->revision.empty() ? tag->revision : wanted);
}

Resources unknown(Node anchor, std::string why) {
  const Provenance from{Provenance::Kind::unknown, anchor, std::move(why)};
  return {{{}, from}, {{}, from}, {{}, from}, {{}, from}};
}

// istio: manifests/charts/istio-control/istio-discovery/files/{kube-gateway,waypoint}.yaml. What
// parametersRef or a ConfigMap for the whole class lays over it is not read.
Resources resources_of(const Mesh& mesh, const RequestedGateway& gateway) {
  const Node anchor = gateway.object->anchor();
  const Node reference = gateway.object->spec()["infrastructure"]["parametersRef"];
  if (reference) return unknown(reference, "parametersRef may set them");
  const auto maps = mesh.resources->of_kind("ConfigMap");
  const std::string_view named = gateway.object->spec()["gatewayClassName"].text();
  const bool for_class = std::ranges::any_of(maps, [&](const Resource* map) {
    return map->label("gateway.istio.io/defaults-for-class") == named;
  });
  if (for_class) return unknown(anchor, fmt::format("defaults for class {} may set them", named));
  const Injector* injector = find_injector(mesh, gateway.revision);
  if (injector == nullptr) {
    return unknown(
        anchor, fmt::format("the injector of revision {} is not in the input", gateway.revision));
  }
  const std::string_view controller = controller_of(mesh, *gateway.object);
  if (controller == kGateways) return injector->resources;
  const auto& version = injector->sidecar.version;
  if (controller != kWaypoints || !version || !version->at_least(1, 24)) {
    return unknown(anchor, fmt::format("what class {} gives is not known", named));
  }
  return injector->waypoint;
}

}  // namespace

void read_requested_gateways(Mesh& mesh) {
  std::set<std::pair<std::string_view, std::string_view>> deployed;
  for (const Workload& workload : mesh.workloads) {
    const Node name = workload.pod_labels()["gateway.networking.k8s.io/gateway-name"];
    if (name) deployed.emplace(workload.name_space, name.text());
  }
  for (const Resource* object : mesh.resources->of_kind("Gateway")) {
    const std::string_view named = object->spec()["gatewayClassName"].text();
    // One with an address names a gateway that is deployed by hand.
    const std::string_view controller = controller_of(mesh, *object);
    if (object->group() != kGatewayApi || controller.empty() ||
        object->spec()["addresses"].size() != 0 ||
        deployed.contains({object->name_space(), object->name()})) {
      continue;
    }
    RequestedGateway gateway{
        .object = object,
        .gateway_class = std::string(controller == kWaypoints ? "waypoint" : named),
        .revision = revision_of(mesh, *object),
        .resources = {}};
    gateway.resources = resources_of(mesh, gateway);
    mesh.requested_gateways.push_back(std::move(gateway));
  }
}

}  // namespace meshcheck
