#include <algorithm>
#include <string_view>

#include "mesh/container_resources.h"
#include "mesh/rendered.h"
#include "mesh/spread.h"
#include "meshcheck/container.h"

namespace meshcheck {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_argument(Node container, std::string_view argument) {
  return std::ranges::any_of(container["args"].items(),
                             [&](Node arg) { return arg.text() == argument; });
}

// A list of templates: "gateway", "gateway,custom".
bool injects_gateway(Node pod) {
  const std::string_view templates =
      pod["metadata"]["annotations"]["inject.istio.io/templates"].text();
  for (std::size_t begin = 0; begin <= templates.size();) {
    const std::size_t end = std::min(templates.find(',', begin), templates.size());
    if (templates.substr(begin, end - begin) == "gateway") return true;
    begin = end + 1;
  }
  return false;
}

bool is_injected(Node container) { return container["image"].text() == "auto"; }

// The container of an Istio gateway: its template is injected, or its arguments say `proxy router`
// (a waypoint's `proxy waypoint`). ztunnel has a container of the same name and neither.
Node gateway_container(const Resource& resource) {
  if (resource.kind() != "Deployment" && resource.kind() != "DaemonSet") return {};
  const Node pod = resource.pod_template();
  // Where istiod is asked for one, agentgateway runs in Envoy's place (istio:
  // manifests/charts/istio-control/istio-discovery/files/agentgateway.yaml).
  const Node agentgateway = find_container(pod["spec"], "agentgateway");
  if (agentgateway && resource.labels()["gateway.istio.io/managed"]) return agentgateway;
  const Node proxy = find_container(pod["spec"], kProxyContainer);
  if (!proxy) return {};
  const bool gateway =
      injects_gateway(pod) || has_argument(proxy, "router") || has_argument(proxy, "waypoint") ||
      resource.labels()["gateway.istio.io/managed"] ||
      (is_injected(proxy) && pod["metadata"]["labels"]["istio"].text().ends_with("gateway"));
  return gateway ? proxy : Node{};
}

std::string gateway_class(const ScaledWorkload& workload) {
  const Resource& resource = workload.resource;
  const Node labels = workload.pod_labels();
  const std::string_view managed = resource.label("gateway.istio.io/managed");
  if (managed == "istio.io-mesh-controller" ||
      managed == "istio.io-agentgateway-waypoint-controller" ||
      has_argument(workload.container, "waypoint")) {
    return "waypoint";
  }
  for (const Node label : {resource.labels()["gateway.networking.k8s.io/gateway-class-name"],
                           labels["gateway.networking.k8s.io/gateway-class-name"]}) {
    if (label) return std::string(label.text());
  }
  if (!managed.empty()) return "istio";
  for (const std::string_view text :
       {labels["istio"].text(), labels["app"].text(), resource.name()}) {
    if (contains(text, "eastwest")) return "eastwest";
    if (contains(text, "egress")) return "egress";
    if (contains(text, "ingress")) return "ingress";
  }
  return "gateway";
}

// Injected gateways take what their namespace asks for, else their pod; the others say it.
std::string gateway_revision(const ResourceIndex& resources, const ScaledWorkload& workload,
                             const Mesh& mesh) {
  const Resource* name_space = resources.find("Namespace", "", workload.resource.name_space());
  std::string_view wanted = workload.pod_labels()["istio.io/rev"].text();
  if (wanted.empty()) wanted = workload.pod()["metadata"]["annotations"]["istio.io/rev"].text();
  if (name_space != nullptr && is_injected(workload.container)) {
    const std::string_view by_namespace = name_space->label("istio.io/rev");
    if (name_space->label("istio-injection") == "enabled") {
      wanted = {};
    } else if (!by_namespace.empty()) {
      wanted = by_namespace;
    }
  }
  if (wanted.empty()) wanted = "default";
  for (const RevisionTag& tag : mesh.tags) {
    if (tag.name == wanted && !tag.revision.empty()) return tag.revision;
  }
  return std::string(wanted);
}

bool is_exposing(const Resource& service) {
  const std::string_view type = service.spec()["type"].text();
  return type == "LoadBalancer" || type == "NodePort";
}

// The Service that exposes the pods, else any that selects them. Another file's Service of the
// same name is that of another cluster.
const Resource* find_service(const ResourceIndex& resources, const ScaledWorkload& workload) {
  const Resource* found = nullptr;
  for (const Resource* service : resources.of_kind("Service")) {
    const Node selector = service->spec()["selector"];
    if (service->name_space() != workload.resource.name_space() || selector.size() == 0 ||
        !matches_labels(selector, workload.pod_labels())) {
      continue;
    }
    if (found != nullptr && found->name() == service->name()) {
      if (in_one_file(service->root(), workload.resource.root())) found = service;
    } else if (found == nullptr || (is_exposing(*service) && !is_exposing(*found))) {
      found = service;
    }
  }
  return found;
}

Gateway read_gateway(const ResourceIndex& resources, const ScaledWorkload& workload,
                     const Mesh& mesh) {
  const Resource& resource = workload.resource;
  Gateway gateway;
  gateway.kind = resource.kind();
  gateway.name_space = resource.name_space();
  gateway.name = resource.name();
  gateway.gateway_class = gateway_class(workload);
  gateway.revision = gateway_revision(resources, workload, mesh);
  gateway.app = workload.pod_labels()["app"].text();
  gateway.workload = &resource;
  gateway.anchor = resource.anchor();
  gateway.resources =
      read_container_resources(workload.container["resources"], workload.container["name"]);
  gateway.fixed_replicas = read_integer(resource.spec()["replicas"], resource.anchor());
  const WorkloadKey key = workload.key();
  gateway.autoscaler = find_autoscaler(resources, key, gateway.resources);
  gateway.budgets = find_budgets(resources, key);
  const SpreadReading spread = read_spread(resources, workload, gateway.min_replicas());
  gateway.spread = spread.spread;
  gateway.spread_known = spread.known;
  gateway.service = find_service(resources, workload);
  gateway.exposed = gateway.service != nullptr && is_exposing(*gateway.service);
  return gateway;
}

}  // namespace

void read_gateways(const ResourceIndex& resources, Mesh& mesh) {
  for (const Resource* resource : resources.all()) {
    const Node container = gateway_container(*resource);
    if (!container) continue;
    mesh.gateways.push_back(read_gateway(resources, ScaledWorkload{*resource, container}, mesh));
  }
}

}  // namespace meshcheck
