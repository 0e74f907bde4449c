#include "meshcheck/authorization.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "meshcheck/flag.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

namespace {

constexpr const char* kMesh = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: control}
data:
  mesh: "rootNamespace: control"
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: ambient, labels: {istio.io/dataplane-mode: ambient, istio.io/use-waypoint: way}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api, version: "1"}}
    spec: {containers: [{name: api, image: "example.com/api:1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: ambient}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "example.com/api:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: ambient}
spec: {selector: {app: api}, ports: [{name: http, port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: way, namespace: ambient}
spec: {gatewayClassName: istio-waypoint}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {gatewayClassName: istio}
---
)";

std::vector<std::string> selected(const std::string& name_space, const std::string& spec) {
  const YamlMesh mesh(std::string(kMesh) +
                      "apiVersion: security.istio.io/v1beta1\nkind: AuthorizationPolicy\n"
                      "metadata: {name: p, namespace: " +
                      name_space + "}\nspec: " + spec + "\n");
  REQUIRE(mesh->authorization_policies.size() == 1);
  std::vector<std::string> ids;
  for (const PolicyTarget* target : *mesh->authorization_policies[0].attachment.selects) {
    ids.push_back(target->id());
  }
  std::ranges::sort(ids);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a policy without selector is for its namespace, in the root namespace for the mesh") {
  CHECK(selected("shop", "{}") == Ids{"Deployment/shop/api", "Gateway/shop/edge"});
  CHECK(selected("control", "{}") ==
        Ids{"Deployment/ambient/api", "Deployment/shop/api", "Gateway/shop/edge"});
}

TEST_CASE("a selector reaches its own namespace, from the root namespace every one") {
  CHECK(selected("shop", "{selector: {matchLabels: {app: api}}}") == Ids{"Deployment/shop/api"});
  CHECK(selected("control", "{selector: {matchLabels: {app: api}}}") ==
        Ids{"Deployment/ambient/api", "Deployment/shop/api"});
  CHECK(selected("shop", "{selector: {matchLabels: {app: api, version: \"2\"}}}").empty());
}

TEST_CASE("a waypoint takes only policies that name it, its class or a Service that it serves") {
  const Ids waypoint = {"Gateway/ambient/way"};
  CHECK(selected("ambient", "{}") == Ids{"Deployment/ambient/api"});
  const std::string api = "{targetRefs: [{group: gateway.networking.k8s.io, kind: ";
  CHECK(selected("ambient", api + "Gateway, name: way}]}") == waypoint);
  CHECK(selected("ambient", "{targetRefs: [{kind: Service, name: api}]}") == waypoint);
  CHECK(selected("control", api + "GatewayClass, name: istio-waypoint}]}") == waypoint);
  CHECK(selected("shop", api + "GatewayClass, name: istio-waypoint}]}").empty());
}

TEST_CASE("a target is of its own API group, and of the classes only the waypoints' is one") {
  CHECK(selected("ambient", "{targetRefs: [{kind: Gateway, name: way}]}").empty());
  CHECK(
      selected("ambient", "{targetRefs: [{group: networking.istio.io, kind: Gateway, name: way}]}")
          .empty());
  CHECK(selected("ambient", "{targetRefs: [{group: apps, kind: Deployment, name: api}]}").empty());
  CHECK(selected(
            "control",
            "{targetRefs: [{group: gateway.networking.k8s.io, kind: GatewayClass, name: istio}]}")
            .empty());
}

TEST_CASE("each target knows who enforces for it") {
  const YamlMesh mesh{std::string(kMesh)};
  std::vector<std::string> planes;
  for (const PolicyTarget& target : mesh->policy_targets.all()) {
    planes.push_back(target.id() + ' ' + std::string(to_string(target.plane)));
  }
  CHECK(planes == Ids{"Deployment/shop/api sidecar", "Deployment/ambient/api ztunnel",
                      "Gateway/ambient/way waypoint", "Gateway/shop/edge gateway"});
}

TEST_CASE("a dry run is what Go's strconv.ParseBool takes for true, of an ALLOW or a DENY") {
  const auto enforces = [](const std::string& value, const std::string& action) {
    const YamlMesh mesh(
        "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: "
        "{name: p, namespace: shop, annotations: {istio.io/dry-run: \"" +
        value + "\"}}\nspec: {action: " + action + ", rules: [{}]}\n");
    return mesh->authorization_policies.at(0).enforces();
  };
  for (const char* yes : {"1", "t", "T", "TRUE", "true", "True"})
    CHECK_FALSE(enforces(yes, "DENY"));
  for (const char* no : {"0", "f", "false", "yes", "on", "tRUE", ""}) CHECK(enforces(no, "DENY"));
  CHECK_FALSE(enforces("true", "ALLOW"));
  CHECK(enforces("true", "CUSTOM"));
  CHECK_FALSE(enforces("false", "AUDIT"));
}

TEST_CASE("a pod whose Deployment is in the input is no target beside it") {
  const YamlMesh mesh(std::string(kMesh) + R"(
apiVersion: v1
kind: Pod
metadata:
  name: api-5d4f7c9b6d-x2x4q
  namespace: shop
  labels: {app: api}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-5d4f7c9b6d, uid: "1"}]
spec: {containers: [{name: api, image: "example.com/api:1"}]}
)");
  CHECK(mesh->policy_targets.in_namespace("shop")->size() == 2);
}

TEST_CASE("the labels that only running pods have are their owner's too") {
  const auto pod = [](const std::string& name, const std::string& labels,
                      const std::string& owner) {
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name +
           ", namespace: shop, labels: {" + labels + "}, ownerReferences: [" + owner + R"(]}
spec: {containers: [{name: api, image: "example.com/api:1"}]}
)";
  };
  const YamlMesh mesh(
      std::string(kMesh) +
      pod("api-5d4f7c9b6d-x2x4q", "app: api, service.istio.io/canonical-name: api",
          "{apiVersion: apps/v1, kind: ReplicaSet, name: api-5d4f7c9b6d, uid: \"1\"}") +
      R"(---
apiVersion: batch/v1
kind: CronJob
metadata: {name: night, namespace: shop}
spec:
  jobTemplate: {spec: {template: {spec: {containers: [{name: job, image: "example.com/job:1"}]}}}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: night-1
  namespace: shop
  ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: night, uid: "2"}]
spec: {template: {spec: {containers: [{name: job, image: "example.com/job:1"}]}}}
)" +
      pod("night-1-abcde", "job-name: night-1",
          "{apiVersion: batch/v1, kind: Job, name: night-1, uid: \"3\"}"));
  std::vector<std::string> names;
  for (const PolicyTarget& target : mesh->policy_targets.all()) {
    const bool labelled = target.labels.has("service.istio.io/canonical-name", "api") ||
                          target.labels.has("job-name", "night-1");
    if (labelled) names.push_back(target.id());
  }
  CHECK(names == Ids{"Deployment/shop/api", "CronJob/shop/night"});
}

TEST_CASE("a switch of istiod's is what Go's strconv.ParseBool takes for true") {
  const auto on = [](const std::string& value) {
    const YamlMesh mesh(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: control}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec:
      containers:
        - name: discovery
          image: "istio/pilot:1.30.3"
          env: [{name: SWITCH, value: ")" +
                        value + "\"}]\n");
    return turns_on(mesh->control_planes.at(0), "SWITCH");
  };
  for (const char* yes : {"1", "t", "T", "TRUE", "true", "True"}) CHECK(on(yes));
  for (const char* no : {"0", "f", "False", "yes", "on", ""}) CHECK_FALSE(on(no));
}
