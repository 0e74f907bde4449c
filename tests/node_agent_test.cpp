// What Istio runs beside workloads: ztunnel and the CNI agent on every node, and the proxies that
// istiod deploys for Gateways.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

const NodeAgent& agent_of(const test::YamlMesh& mesh, NodeAgent::Kind kind) {
  const auto found = std::ranges::find(mesh->node_agents, kind, &NodeAgent::kind);
  REQUIRE(found != mesh->node_agents.end());
  return *found;
}

std::string requests(const Resources& resources) {
  const auto text = [](const auto& value) { return value.value ? value.value->text() : "-"; };
  return text(resources.cpu_request) + " " + text(resources.memory_request);
}

std::string release(const std::string& chart, const std::string& version,
                    const std::string& values) {
  return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
         "metadata: {name: r, namespace: istio-system}\n"
         "spec: {chart: {spec: {chart: " +
         chart + ", version: " + version + "}}, values: " + values + "}\n";
}

constexpr const char* kOperator = R"(
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: mesh, namespace: istio-system}
spec:
  profile: ambient
  tag: 1.30.3
  components:
    cni: {namespace: kube-system}
    ztunnel: {k8s: {resources: {requests: {memory: 1Gi}}}}
)";

constexpr const char* kDaemonSet = R"(
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: istio-cni-node, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: istio-cni-node}}
  template:
    metadata: {labels: {k8s-app: istio-cni-node}}
    spec:
      containers:
        - name: install-cni
          image: docker.io/istio/install-cni:1.29.2-distroless
          resources: {requests: {cpu: 50m}}
---
apiVersion: v1
kind: Node
metadata: {name: a}
---
apiVersion: v1
kind: Node
metadata: {name: b}
---
)";

constexpr const char* kGateways = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: prod}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: waypoint, namespace: shop}
spec: {gatewayClassName: istio-waypoint}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {gatewayClassName: istio, infrastructure: {parametersRef: {kind: ConfigMap, name: large}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: by-hand, namespace: shop}
spec: {gatewayClassName: istio, addresses: [{value: ingress.istio-system.svc}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: other, namespace: shop}
spec: {gatewayClassName: nginx}
---
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: mesh, namespace: istio-system}
spec:
  revision: 1-30-3
  tag: 1.30.3
  values: {revisionTags: [prod], global: {waypoint: {resources: {requests: {memory: 512Mi}}}}}
)";

}  // namespace

TEST_CASE("an IstioOperator's profile and components enable the agents on every node") {
  const test::YamlMesh mesh(kOperator);
  REQUIRE(mesh->node_agents.size() == 2);
  const NodeAgent& cni = agent_of(mesh, NodeAgent::Kind::cni);
  CHECK(cni.name_space == "kube-system");
  CHECK(requests(cni.resources) == "100m 100Mi");
  CHECK(cni.version->text() == "1.30.3");
  const NodeAgent& ztunnel = agent_of(mesh, NodeAgent::Kind::ztunnel);
  CHECK(requests(ztunnel.resources) == "200m 1Gi");
  CHECK_FALSE(ztunnel.pods.known);
}

TEST_CASE("the charts' defaults are those of their version, and of the profile") {
  const auto ztunnel = [](const char* version, const char* values) {
    const test::YamlMesh mesh(release("ztunnel", version, values));
    return requests(agent_of(mesh, NodeAgent::Kind::ztunnel).resources);
  };
  CHECK(ztunnel("1.21.0", "{}") == "500m 2048Mi");
  CHECK(ztunnel("1.22.8", "{}") == "200m 512Mi");
  CHECK(ztunnel("1.30.3", "{profile: demo}") == "10m 40Mi");
  CHECK(ztunnel("1.30.3", "{resources: {requests: {cpu: 1}}}") == "1 512Mi");
  const auto cni = [](const char* version, const char* values) {
    const test::YamlMesh mesh(release("cni", version, values));
    return requests(agent_of(mesh, NodeAgent::Kind::cni).resources);
  };
  CHECK(cni("1.23.0", "{cni: {resources: {requests: {cpu: 20m}}}}") == "20m 100Mi");
  CHECK(cni("1.23.0", "{resources: {requests: {cpu: 20m}}}") == "100m 100Mi");
  CHECK(cni("1.24.0", "{resources: {requests: {cpu: 20m}}}") == "20m 100Mi");
  CHECK(cni("1.24.0", "{cni: {resources: {requests: {cpu: 20m}}}}") == "20m 100Mi");
}

TEST_CASE("Sail's resources for the agents carry the values of their charts") {
  const test::YamlMesh mesh(
      "apiVersion: sailoperator.io/v1\nkind: IstioCNI\nmetadata: {name: default}\n"
      "spec: {version: v1.28.3, values: {cni: {resources: {requests: {memory: 64Mi}}}}}\n");
  const NodeAgent& cni = agent_of(mesh, NodeAgent::Kind::cni);
  CHECK(cni.name_space == "istio-cni");
  CHECK(cni.source == ControlPlaneSource::sail);
  CHECK(requests(cni.resources) == "100m 64Mi");
}

TEST_CASE("a DaemonSet in the input goes before what asks for it, one pod a node") {
  const test::YamlMesh mesh(std::string(kDaemonSet) + kOperator);
  const NodeAgent& cni = agent_of(mesh, NodeAgent::Kind::cni);
  CHECK(cni.workload != nullptr);
  CHECK(cni.version->minor == 29);
  CHECK(requests(cni.resources) == "50m -");
  CHECK(cni.pods.most == 2);
  CHECK(std::ranges::count(mesh->node_agents, NodeAgent::Kind::cni, &NodeAgent::kind) == 1);
}

TEST_CASE("what istiod deploys for a Gateway is sized by the template of its class") {
  const test::YamlMesh mesh(kGateways);
  REQUIRE(mesh->requested_gateways.size() == 2);
  const RequestedGateway& waypoint = mesh->requested_gateways[0];
  CHECK(waypoint.gateway_class == "waypoint");
  CHECK(waypoint.revision == "1-30-3");
  CHECK(requests(waypoint.resources) == "100m 512Mi");
  const RequestedGateway& edge = mesh->requested_gateways[1];
  CHECK(edge.object->name() == "edge");
  CHECK_FALSE(edge.resources.cpu_request.known());
}
