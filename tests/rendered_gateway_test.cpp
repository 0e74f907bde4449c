// Gateways, tags, injectors and mesh configuration as read from rendered objects.
#include <ranges>
#include <string>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

namespace {

std::string workload(const std::string& name, const std::string& labels,
                     const std::string& annotations, const std::string& container,
                     const std::string& metadata = "", const std::string& kind = "Deployment") {
  return "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         ", namespace: ingress" + metadata + "}\nspec:\n  selector: {matchLabels: {" + labels +
         "}}\n  template:\n    metadata: {labels: {" + labels + "}, annotations: {" + annotations +
         "}}\n    spec: {containers: [{" + container + "}]}\n---\n";
}

const std::string kInjected = "name: istio-proxy, image: auto";
const std::string kTemplate = "inject.istio.io/templates: gateway";

}  // namespace

TEST_CASE("A gateway is known by its template, its arguments or who manages it") {
  const auto [yaml, gateway_class] = GENERATE(table<std::string, std::string>({
      {workload("istio-ingressgateway", "istio: ingressgateway", kTemplate, kInjected), "ingress"},
      {workload("public", "istio: egress", "inject.istio.io/templates: 'gateway,custom'",
                kInjected),
       "egress"},
      {workload("east", "istio: eastwestgateway", kTemplate, kInjected), "eastwest"},
      {workload("public", "app: public", kTemplate, kInjected), "gateway"},
      {workload("istio-ingressgateway", "app: istio-ingressgateway", "",
                "name: istio-proxy, image: 'mirror/proxyv2:1.9.9', args: [proxy, router]"),
       "ingress"},
      {workload("waypoint", "gateway.networking.k8s.io/gateway-name: waypoint", "",
                "name: istio-proxy, image: 'istio/proxyv2:1.30.3', args: [proxy, waypoint]",
                ", labels: {gateway.istio.io/managed: istio.io-mesh-controller}"),
       "waypoint"},
      {workload("web-istio", "gateway.networking.k8s.io/gateway-name: web", "",
                "name: istio-proxy, image: 'istio/proxyv2:1.30.3', args: [proxy, router]",
                ", labels: {gateway.istio.io/managed: istio.io-gateway-controller, "
                "gateway.networking.k8s.io/gateway-class-name: istio}"),
       "istio"},
      {workload("istio-ingressgateway", "istio: ingressgateway", kTemplate, kInjected, "",
                "DaemonSet"),
       "ingress"},
  }));
  CAPTURE(yaml);
  const YamlMesh mesh(yaml);
  REQUIRE(mesh->gateways.size() == 1);
  CHECK(mesh->gateways[0].gateway_class == gateway_class);
}

TEST_CASE("What runs a proxy for another reason is no gateway") {
  const std::string yaml = GENERATE(values<std::string>({
      workload("ztunnel", "app: ztunnel", "",
               "name: istio-proxy, image: 'istio/ztunnel:1.30.3', args: [proxy, ztunnel]", "",
               "DaemonSet"),
      workload("web", "app: web", "",
               "name: istio-proxy, image: auto, resources: {requests: {cpu: 1}}"),
      workload("envoy", "gateway.networking.k8s.io/gateway-name: web", "",
               "name: envoy, image: 'envoyproxy/envoy:v1.31.0'"),
  }));
  CAPTURE(yaml);
  CHECK(YamlMesh(yaml)->gateways.empty());
}

TEST_CASE("A gateway is exposed by a Service of type LoadBalancer or NodePort that selects it") {
  const std::string gateway = workload("gw", "istio: ingressgateway", kTemplate, kInjected);
  const auto service = [](const std::string& type, const std::string& selector) {
    return "{apiVersion: v1, kind: Service, metadata: {name: " + type +
           ", namespace: ingress}, "
           "spec: {type: " +
           type + ", selector: " + selector + "}}\n---\n";
  };
  const std::string selects = "{istio: ingressgateway}";
  CHECK(YamlMesh(gateway + service("ClusterIP", selects) + service("LoadBalancer", selects))
            ->gateways.at(0)
            .exposed);
  CHECK(YamlMesh(gateway + service("NodePort", selects))->gateways.at(0).exposed);
  const YamlMesh inside(gateway + service("ClusterIP", selects));
  CHECK_FALSE(inside->gateways.at(0).exposed);
  CHECK(inside->gateways.at(0).service != nullptr);
  CHECK(YamlMesh(gateway + service("LoadBalancer", "{istio: other}"))->gateways.at(0).service ==
        nullptr);
  CHECK(YamlMesh(gateway + service("LoadBalancer", "{}"))->gateways.at(0).service == nullptr);
}

TEST_CASE("A gateway's revision is its tag's, and its namespace's label goes first") {
  const std::string tag =
      "{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: "
      "{name: istio-revision-tag-stable, labels: {istio.io/tag: stable, istio.io/rev: "
      "1-30}}}\n---\n";
  const auto revision = [&](const std::string& labels, const std::string& namespace_labels) {
    return YamlMesh(tag + "{apiVersion: v1, kind: Namespace, metadata: {name: ingress, labels: " +
                    namespace_labels + "}}\n---\n" + workload("gw", labels, kTemplate, kInjected))
        ->gateways.at(0)
        .revision;
  };
  CHECK(revision("istio: ingressgateway, istio.io/rev: stable", "{}") == "1-30");
  CHECK(revision("istio: ingressgateway, istio.io/rev: 1-29", "{}") == "1-29");
  CHECK(revision("istio: ingressgateway", "{}") == "default");
  CHECK(revision("istio: ingressgateway, istio.io/rev: 1-29", "{istio.io/rev: stable}") == "1-30");
  CHECK(revision("istio: ingressgateway, istio.io/rev: 1-29",
                 "{istio.io/rev: stable, istio-injection: enabled}") == "default");
}

TEST_CASE("A tag lists the namespaces that take their sidecars from it") {
  const YamlMesh mesh(R"(
{apiVersion: v1, kind: Service, metadata: {name: istiod-revision-tag-default, labels: {istio.io/tag: default, istio.io/rev: 1-30}}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: t, labels: {istio.io/tag: stable, istio.io/rev: 1-29}}}
---
{apiVersion: v1, kind: Service, metadata: {name: istiod-revision-tag-stable, labels: {istio.io/tag: stable, istio.io/rev: 1-30}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio.io/rev: stable}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bank, labels: {istio.io/rev: stable}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: both, labels: {istio.io/rev: stable, istio-injection: enabled}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: off, labels: {istio.io/rev: stable, istio-injection: disabled}}}
)");
  REQUIRE(mesh->tags.size() == 2);
  CHECK(mesh->tags[0].name == "stable");
  CHECK(mesh->tags[0].revision == "1-29");  // the webhook is asked, the Service is not
  CHECK(mesh->tags[0].namespaces == std::vector<std::string>{"bank", "shop"});
  CHECK(mesh->tags[1].name == "default");
  CHECK(mesh->tags[1].namespaces == std::vector<std::string>{"both"});
}

TEST_CASE("The injector's defaults come from its values, and are unknown where those are broken") {
  const auto injector = [](const std::string& values) {
    return YamlMesh(
               "{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-sidecar-injector-1-30, "
               "namespace: istio-system}, data: {values: '" +
               values + "'}}")
        ->injectors.at(0);
  };
  const Injector read = injector(
      R"({"global": {"proxy": {"resources": {"requests": {"cpu": "10m", "memory": "40Mi"}}}}})");
  CHECK(read.revision == "1-30");
  CHECK(read.resources.cpu_request.value == Quantity::parse("10m"));
  CHECK_FALSE(read.resources.cpu_limit.value);
  CHECK(read.resources.cpu_limit.known());
  CHECK_FALSE(injector("{{ .Values }}").resources.cpu_request.known());
  CHECK(injector("{}").resources.cpu_request.known());
}

TEST_CASE("Mesh configuration lies over the shared one that istiod is told of") {
  const YamlMesh mesh(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    trustDomain: own.example
    trustDomainAliases: [older.example]
    defaultProviders: {tracing: [jaeger]}
    accessLogFile: ""
    extensionProviders: [{name: both, envoyExtAuthzGrpc: {port: 3}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-shared, namespace: istio-system}
data:
  mesh: |
    trustDomain: shared.example
    trustDomainAliases: [oldest.example]
    defaultProviders: {accessLogging: [below], tracing: [zipkin]}
    rootNamespace: root
    outboundTrafficPolicy: {mode: REGISTRY_ONLY}
    extensionProviders: [{name: both, envoyOtelAls: {port: 1}}, {name: below, envoyOtelAls: {port: 2}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-ca-root-cert, namespace: shop}
data: {root-cert.pem: ""}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: pilot}}
  template:
    metadata: {labels: {app: istiod, istio: pilot}}
    spec:
      containers:
      - {name: discovery, image: "pilot:1.30.3", env: [{name: SHARED_MESH_CONFIG, value: istio-shared}]}
)");
  REQUIRE(mesh->control_planes.at(0).revision == "default");
  const MeshConfig& config = mesh->mesh_configs.at(0);
  CHECK(config.revision == "default");
  CHECK(config.trust_domain.value == "own.example");
  CHECK(config.root_namespace.value == "root");
  CHECK(config.access_log_file.value == "");
  CHECK(config.field("trustDomain").text() == "own.example");
  CHECK(config.field("outboundTrafficPolicy")["mode"].text() == "REGISTRY_ONLY");
  // Providers add up; the upper one of a name counts.
  const auto providers = config.extension_providers();
  REQUIRE(providers.size() == 2);
  CHECK(providers[0]["envoyExtAuthzGrpc"]);
  CHECK(providers[1]["name"].text() == "below");
  const auto aliases = config.trust_domain_aliases();
  REQUIRE(aliases.size() == 2);
  CHECK(aliases[1].text() == "oldest.example");
  // Of default providers each signal is laid over by itself.
  CHECK(std::ranges::distance(config.default_providers("accessLogging").items()) == 1);
  CHECK((*config.default_providers("tracing").items().begin()).text() == "jaeger");
}

TEST_CASE("What a shared mesh configuration may say is not known where it is not shown") {
  const YamlMesh mesh(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "trustDomain: own.example"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: pilot}}
  template:
    metadata: {labels: {app: istiod, istio: pilot}}
    spec:
      containers:
      - {name: discovery, image: "pilot:1.30.3", env: [{name: SHARED_MESH_CONFIG, value: elsewhere}]}
)");
  const MeshConfig& config = mesh->mesh_configs.at(0);
  CHECK(config.trust_domain.known());
  CHECK_FALSE(config.access_log_file.known());
  CHECK_FALSE(config.access_log_service.known());
  CHECK(config.access_log_file.from.text ==
        "ConfigMap elsewhere, which SHARED_MESH_CONFIG names, is not in the input");
}

TEST_CASE("A Gateway's class is Istio's by its controller, else by Istio's own names") {
  const auto requested = [](const std::string& named, const std::string& controller) {
    std::string text =
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
        "metadata: {name: gw, namespace: edge}\nspec: {gatewayClassName: " +
        named + "}\n";
    if (!controller.empty()) {
      text +=
          "---\napiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: " +
          named + "}\nspec: {controllerName: " + controller + "}\n";
    }
    const YamlMesh mesh(text);
    const bool targeted = !mesh->policy_targets.all().empty();
    CHECK(targeted == !mesh->requested_gateways.empty());
    return mesh->requested_gateways.empty() ? "" : mesh->requested_gateways[0].gateway_class;
  };
  CHECK(requested("istio", "") == "istio");
  CHECK(requested("istio-waypoint", "") == "waypoint");
  CHECK(requested("istio-remote", "") == "");
  CHECK(requested("istio-of-another-vendor", "") == "");
  CHECK(requested("istio", "vendor.example/controller") == "");
  CHECK(requested("internal", "") == "");
  CHECK(requested("internal", "istio.io/gateway-controller") == "internal");
  CHECK(requested("mesh", "istio.io/mesh-controller") == "waypoint");
  CHECK(requested("internal", "istio.io/unmanaged-gateway") == "");
}
