#include "meshcheck/outside_call.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "mesh/api_server_call.h"
#include "meshcheck/mtls.h"
#include "meshcheck/quantity.h"
#include "meshcheck/service.h"

namespace meshcheck {
namespace {

using Calls = std::vector<OutsideCall>;

void add_calls(const Mesh& mesh, const Resource& service, Node port, const OutsideCall& call,
               Calls& calls) {
  for (const Workload* workload : mesh.workload_index->behind(service)) {
    const auto number = container_port(port, *workload);
    if (!number) continue;
    OutsideCall& added = calls.emplace_back(call);
    added.workload = workload;
    added.port = *number;
  }
}

void add_api_server_calls(const Mesh& mesh, Calls& calls) {
  for (const ApiServerCall& call : api_server_calls(*mesh.resources)) {
    const Resource* service = mesh.resources->find("Service", call.service["namespace"].text(),
                                                   call.service["name"].text());
    if (service == nullptr) continue;
    const Node port = service_port(*service, fmt::to_string(call.port));
    if (!port) continue;
    add_calls(
        mesh, *service, port,
        {.api_server = true,
         .caller = fmt::format("the API server ({} {})", call.owner->kind(), call.owner->name()),
         .where = call.service["name"],
         .object = call.owner->ref()},
        calls);
  }
}

void add_exposed(const Mesh& mesh, Calls& calls) {
  for (const Resource* service : mesh.resources->of_kind("Service")) {
    const std::string_view type = service->spec()["type"].text();
    if (!service->group().empty() || (type != "NodePort" && type != "LoadBalancer")) continue;
    const OutsideCall call{
        .caller = fmt::format("what comes through {} Service {}", type, service->name()),
        .where = service->spec()["type"],
        .object = service->ref()};
    for (const Node port : service->spec()["ports"].items()) {
      add_calls(mesh, *service, port, call, calls);
    }
  }
}

// What an Ingress without a class gets (Kubernetes: ingressclass.kubernetes.io/is-default-class);
// empty where the input has no such class.
std::string_view default_class(const Mesh& mesh) {
  constexpr std::string_view kDefault = "ingressclass.kubernetes.io/is-default-class";
  for (const Resource* one : mesh.resources->of_kind("IngressClass")) {
    if (one->annotations()[kDefault].text() == "true") return one->name();
  }
  return {};
}

std::string_view class_of(const Mesh& mesh, const Resource& ingress) {
  const Node spec = ingress.spec()["ingressClassName"];
  const Node named = spec ? spec : ingress.annotations()["kubernetes.io/ingress.class"];
  return named ? named.text() : default_class(mesh);
}

// Load balancers of clouds, which no sidecar can be in.
bool is_cloud(std::string_view ingress_class) {
  constexpr std::array<std::string_view, 5> kCloud = {
      "alb", "gce", "gce-internal", "azure-application-gateway", "azure/application-gateway"};
  return std::ranges::count(kCloud, ingress_class) != 0;
}

// The word that a controller's class and its pods' labels share; empty for Istio's own and for what
// is not known.
std::string_view controller_of(const Mesh& mesh, std::string_view ingress_class) {
  constexpr std::array<std::string_view, 6> kControllers = {"nginx", "traefik", "haproxy",
                                                            "kong",  "contour", "apisix"};
  const Resource* declared = mesh.resources->find("IngressClass", "", ingress_class);
  const std::string_view names =
      declared != nullptr ? declared->spec()["controller"].text() : ingress_class;
  const auto* found = std::ranges::find_if(kControllers, [&](std::string_view word) {
    return names.find(word) != std::string_view::npos;
  });
  return found == kControllers.end() ? std::string_view{} : *found;
}

bool is_in_mesh(const Mesh& mesh, std::string_view controller) {
  return std::ranges::any_of(mesh.workloads, [&](const Workload& workload) {
    const Node labels = workload.pod_labels();
    return mesh.mtls->of(workload).enforced &&
           (labels["app.kubernetes.io/name"].text().find(controller) != std::string_view::npos ||
            labels["app"].text().find(controller) != std::string_view::npos);
  });
}

// A controller in the mesh is told to call Services: what goes to a pod's address by itself finds
// no certificate (istio.io: ops/integrations, kubernetes.github.io/ingress-nginx:
// service-upstream).
bool calls_services(const Resource& ingress) {
  return std::ranges::any_of(ingress.annotations().entries(), [](const auto& entry) {
    const auto& [key, value] = entry;
    return key.text().ends_with("/service-upstream") && value.text() == "true";
  });
}

// Who calls the backends of an Ingress from outside the mesh; empty where the input does not tell.
std::string ingress_caller(const Mesh& mesh, const Resource& ingress) {
  const std::string_view ingress_class = class_of(mesh, ingress);
  if (is_cloud(ingress_class))
    return fmt::format("the load balancer of Ingress {}", ingress.name());
  const std::string_view controller = controller_of(mesh, ingress_class);
  if (controller.empty() || calls_services(ingress) || is_in_mesh(mesh, controller)) return {};
  return fmt::format("the ingress controller {} (Ingress {})", controller, ingress.name());
}

void add_ingress_backend(const Mesh& mesh, const Resource& ingress, const std::string& caller,
                         Node backend, Calls& calls) {
  const Node reference = backend["service"];
  const Resource* service =
      mesh.resources->find("Service", ingress.name_space(), reference["name"].text());
  if (service == nullptr) return;
  const Node port = reference["port"];
  const Node wanted = port["name"] ? port["name"] : port["number"];
  add_calls(mesh, *service, service_port(*service, wanted.text()),
            {.caller = caller, .where = reference["name"], .object = ingress.ref()}, calls);
}

void add_ingresses(const Mesh& mesh, Calls& calls) {
  for (const Resource* ingress : mesh.resources->of_kind("Ingress")) {
    if (ingress->group() != "networking.k8s.io") continue;
    const std::string caller = ingress_caller(mesh, *ingress);
    if (caller.empty()) continue;
    add_ingress_backend(mesh, *ingress, caller, ingress->spec()["defaultBackend"], calls);
    for (const Node rule : ingress->spec()["rules"].items()) {
      for (const Node path : rule["http"]["paths"].items()) {
        add_ingress_backend(mesh, *ingress, caller, path["backend"], calls);
      }
    }
  }
}

// A scrape shows a certificate where its TLS settings name one.
bool shows_certificate(Node endpoint) {
  const Node tls = endpoint["tlsConfig"];
  return endpoint["scheme"].text() == "https" && (tls["certFile"] || tls["cert"].size() != 0);
}

// The namespaces that a monitor looks at, of those that hold workloads.
std::vector<std::string_view> monitored(const Mesh& mesh, const Resource& monitor) {
  const Node selector = monitor.spec()["namespaceSelector"];
  std::vector<std::string_view> names;
  if (selector["any"].boolean() == true) {
    for (const Workload& workload : mesh.workloads) names.push_back(workload.name_space);
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
  }
  for (const Node name : selector["matchNames"].items()) names.push_back(name.text());
  if (names.empty()) names.push_back(monitor.name_space());
  return names;
}

void add_service_monitors(const Mesh& mesh, Calls& calls) {
  std::map<std::string_view, std::vector<const Resource*>> services;
  for (const Resource* service : mesh.resources->of_kind("Service")) {
    services[service->name_space()].push_back(service);
  }
  for (const Resource* monitor : mesh.resources->of_kind("ServiceMonitor")) {
    const OutsideCall call{.caller = fmt::format("Prometheus (ServiceMonitor {})", monitor->name()),
                           .where = monitor->anchor(),
                           .object = monitor->ref()};
    for (const std::string_view name_space : monitored(mesh, *monitor)) {
      for (const Resource* service : services[name_space]) {
        if (!selects(monitor->spec()["selector"], service->labels())) continue;
        for (const Node endpoint : monitor->spec()["endpoints"].items()) {
          const Node port = service_port(*service, endpoint["port"].text());
          if (port && !shows_certificate(endpoint)) add_calls(mesh, *service, port, call, calls);
        }
      }
    }
  }
}

void add_pod_monitors(const Mesh& mesh, Calls& calls) {
  for (const Resource* monitor : mesh.resources->of_kind("PodMonitor")) {
    for (const std::string_view name_space : monitored(mesh, *monitor)) {
      for (const Workload* workload : mesh.workload_index->in_namespace(name_space)) {
        if (!selects(monitor->spec()["selector"], workload->pod_labels())) continue;
        for (const Node endpoint : monitor->spec()["podMetricsEndpoints"].items()) {
          const auto port = named_port(endpoint["port"].text(), *workload);
          if (!port || shows_certificate(endpoint)) continue;
          calls.push_back({workload, *port, false,
                           fmt::format("Prometheus (PodMonitor {})", monitor->name()),
                           monitor->anchor(), monitor->ref()});
        }
      }
    }
  }
}

// The values of the injector's ConfigMap say so (istio: …/istio-discovery/values.yaml).
bool leaves_all_probes(const Mesh& mesh, const Workload& workload) {
  const auto injector =
      std::ranges::find(mesh.injectors, workload.decision.revision, &Injector::revision);
  if (injector == mesh.injectors.end()) return false;
  const Resource* map = mesh.resources->find("ConfigMap", injector->name_space, injector->name);
  if (map == nullptr) return false;
  const Node values = map->root()["data"]["values"].embedded();
  return values["sidecarInjectorWebhook"]["rewriteAppHTTPProbe"].boolean() == false;
}

// Where a sidecar is told to leave probes to the container, by the pod or by its injector's values;
// missing: it answers for the container (istio: pkg/kube/inject/app_probe.go).
Node leaves_probes(const Mesh& mesh, const Workload& workload) {
  const Node annotations = workload.object->pod_template()["metadata"]["annotations"];
  if (const Node rewrite = annotations["sidecar.istio.io/rewriteAppHTTPProbers"]) {
    return rewrite.text() == "false" ? rewrite : Node{};
  }
  return leaves_all_probes(mesh, workload) ? workload.object->anchor() : Node{};
}

// The kubelet is let through by ztunnel.
void add_probes(const Mesh& mesh, Calls& calls) {
  for (const Workload& workload : mesh.workloads) {
    if (!workload.decision.injected) continue;
    const Node told = leaves_probes(mesh, workload);
    if (!told) continue;
    for (const Node container : workload.object->pod_template()["spec"]["containers"].items()) {
      for (const char* const probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
        const Node port = container[probe]["httpGet"]["port"];
        if (!port) continue;
        const auto number = port.integer() ? port.integer() : named_port(port.text(), workload);
        if (!number) continue;
        calls.push_back({&workload, *number, false, fmt::format("the kubelet ({})", probe), told,
                         workload.object->ref()});
      }
    }
  }
}

bool prometheus_in_ambient(const Mesh& mesh) {
  return std::ranges::any_of(mesh.workloads, [](const Workload& workload) {
    return workload.decision.reason == InjectionReason::ambient &&
           workload.pod_labels()["app.kubernetes.io/name"].text() == "prometheus";
  });
}

}  // namespace

std::vector<OutsideCall> outside_calls(const Mesh& mesh) {
  Calls calls;
  add_api_server_calls(mesh, calls);
  add_exposed(mesh, calls);
  add_ingresses(mesh, calls);
  if (!prometheus_in_ambient(mesh)) {
    add_service_monitors(mesh, calls);
    add_pod_monitors(mesh, calls);
  }
  add_probes(mesh, calls);
  std::erase_if(calls, [&](const OutsideCall& call) {
    return !mesh.mtls->of(*call.workload).enforced || !takes_inbound(*call.workload, call.port);
  });
  return calls;
}

}  // namespace meshcheck
