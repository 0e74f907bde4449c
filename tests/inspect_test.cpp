#include "report/inspect.h"

#include <array>
#include <span>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kInstall = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: pilot}}
  template:
    metadata: {labels: {app: istiod, istio: pilot}}
    spec:
      containers:
      - name: discovery
        image: docker.io/istio/pilot:1.30.3
        env: [{name: REVISION, value: default}, {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
        resources: {requests: {cpu: 500m, memory: 2048Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: istiod, namespace: istio-system}
spec:
  scaleTargetRef: {kind: Deployment, name: istiod}
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {averageUtilization: 80}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: istiod, namespace: istio-system}
spec: {maxUnavailable: 50%, selector: {matchLabels: {app: istiod}}}
)";

}  // namespace

TEST_CASE("inspect writes a control plane with the keys of its contract, absent members null") {
  const test::YamlMesh mesh(kInstall);
  const Json document = Json::parse(inspect_json(std::span(&*mesh, 1)));
  CHECK(document["controlPlanes"] == Json::parse(R"([{
    "name": "istiod", "namespace": "istio-system", "revision": "default", "version": "1.30.3",
    "source": "rendered",
    "requests": {"cpu": "500m", "cpuMillis": 500, "memory": "2048Mi", "memoryBytes": 2147483648},
    "limits": null, "replicas": {"fixed": null, "min": 1, "max": 5},
    "hpa": {"name": "istiod", "min": 1, "max": 5, "cpuTarget": 80},
    "pdb": {"name": "istiod", "minAvailable": null, "maxUnavailable": "50%"},
    "antiAffinity": "none", "topologySpread": false,
    "env": {"REVISION": "default", "POD_NAME": null}}])"));
  CHECK(document["injectors"] == Json::array());
  CHECK(document["tags"] == Json::array());
}

TEST_CASE("inspect says of every entry which of several meshes it belongs to") {
  const test::YamlMesh one(kInstall);
  std::array meshes = {build_mesh(one.resources(), {}, {}), build_mesh(one.resources(), {}, {})};
  meshes[0].folder = "prod";
  meshes[1].folder = "staging";
  const Json planes = Json::parse(inspect_json(meshes))["controlPlanes"];
  REQUIRE(planes.size() == 2);
  CHECK(planes[0]["mesh"] == "prod");
  CHECK(planes[1]["mesh"] == "staging");
}

TEST_CASE("of several meshes those without anything of Istio are left out of the tables") {
  const test::YamlMesh istio(kInstall);
  const test::YamlMesh apps("{}");
  std::array meshes = {build_mesh(apps.resources(), {}, {}), build_mesh(istio.resources(), {}, {})};
  meshes[0].folder = "apps";
  CHECK(inspect_table(meshes).starts_with("Mesh .\n\nControl planes\n"));
}

TEST_CASE("inspect draws its tables in aligned columns without trailing blanks") {
  const test::YamlMesh mesh(kInstall);
  CHECK(inspect_table(std::span(&*mesh, 1)) ==
        "Control planes\n"
        "  NAMESPACE     NAME    REVISION  VERSION  SOURCE    REPLICAS     REQUESTS       LIMITS  "
        "PDB           HOSTS APART  ZONES APART\n"
        "  istio-system  istiod  default   1.30.3   rendered  1-5 at 80 %  500m / 2048Mi  - / -   "
        "max 50% away  -            -\n\n"
        "Workloads\n"
        "  NAMESPACE     WORKLOAD           INJECTED  REVISION  NATIVE  REQUESTS  LIMITS  "
        "WHY\n"
        "  istio-system  Deployment/istiod  ?         -         -       -         -       "
        "unknown\n");
  CHECK(inspect_table(std::span(&*test::YamlMesh("{}"), 1)) ==
        "Neither a control plane nor a workload is in the input.\n");
}
