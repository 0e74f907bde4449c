// The model of objects as the API server would hold them.
#include <string>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

namespace {

// An istiod, with `extra` lines at the end of its container and `pod` lines in its pod's spec.
std::string istiod(const std::string& container = "", const std::string& pod = "",
                   const std::string& metadata = "") {
  return R"(
apiVersion: apps/v1
kind: Deployment
metadata:
  name: istiod-1-30
  namespace: istio-system
)" + metadata +
         R"(
spec:
  selector: {matchLabels: {app: istiod, istio.io/rev: 1-30}}
  template:
    metadata:
      labels: {app: istiod, istio: istiod, istio.io/rev: 1-30}
    spec:
)" + pod +
         R"(
      containers:
      - name: discovery
        image: docker.io/istio/pilot:1.30.3
)" + container +
         "\n---\n";
}

const std::string kRequests = "        resources: {requests: {cpu: 500m, memory: 2Gi}}";

std::string autoscaler(const std::string& api, const std::string& metrics,
                       const std::string& target = "istiod-1-30") {
  return "apiVersion: " + api +
         "\nkind: HorizontalPodAutoscaler\nmetadata: {name: istiod-1-30, namespace: istio-system}\n"
         "spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: " +
         target + "}\n  minReplicas: 2\n  maxReplicas: 5\n" + metrics + "\n---\n";
}

std::string budget(const std::string& selector, const std::string& api = "policy/v1",
                   const std::string& name = "istiod-1-30") {
  return "{apiVersion: " + api + ", kind: PodDisruptionBudget, metadata: {name: " + name +
         ", namespace: istio-system}, spec: {minAvailable: 1, selector: " + selector + "}}\n---\n";
}

}  // namespace

TEST_CASE("The CPU target of an HPA is read from every shape it ever had") {
  const auto [api, metrics, target] = GENERATE(table<std::string, std::string, std::int64_t>({
      {"autoscaling/v1", "  targetCPUUtilizationPercentage: 55", 55},
      {"autoscaling/v2beta1",
       "  metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 70}}]", 70},
      {"autoscaling/v2beta2",
       "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, "
       "averageUtilization: 65}}}]",
       65},
      {"autoscaling/v2",
       "  metrics: [{type: ContainerResource, containerResource: {name: cpu, container: discovery, "
       "target: {type: Utilization, averageUtilization: 60}}}]",
       60},
      {"autoscaling/v2",
       "  metrics: [{type: Resource, resource: {name: cpu, target: {type: AverageValue, "
       "averageValue: 300m}}}]",
       60},
      {"autoscaling/v2",
       "  metrics: [{type: Resource, resource: {name: cpu, target: {type: AverageValue, "
       "averageValue: 301m}}}]",
       61},
      {"autoscaling/v2",
       "  metrics: [{type: Resource, resource: {name: cpu, target: {averageUtilization: 80}}}, "
       "{type: ContainerResource, containerResource: {name: cpu, container: discovery, target: "
       "{averageUtilization: 50}}}]",
       50},
      {"autoscaling/v2", "", 80},  // the API server's default
  }));
  CAPTURE(api, metrics);
  const YamlMesh mesh(istiod(kRequests) + autoscaler(api, metrics));
  REQUIRE(mesh->control_planes.size() == 1);
  const ControlPlane& plane = mesh->control_planes[0];
  REQUIRE(plane.autoscaler);
  CHECK(plane.autoscaler->cpu_target.value == target);
  CHECK(plane.min_replicas().value == 2);
  CHECK_FALSE(plane.autoscaler->other_metrics);
}

TEST_CASE("Metrics of other things, and of other containers, are told apart from CPU and memory") {
  const YamlMesh mesh(istiod(kRequests) + autoscaler("autoscaling/v2", R"(
  metrics:
  - {type: Pods, pods: {metric: {name: pilot_xds}, target: {type: AverageValue, averageValue: 100}}}
  - {type: ContainerResource, containerResource: {name: cpu, container: agent, target: {averageUtilization: 10}}}
  - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1Gi}}}
)"));
  const Autoscaler& read = mesh->control_planes.at(0).autoscaler.value();
  CHECK(read.other_metrics);
  CHECK_FALSE(read.cpu_target.value);
  CHECK(read.memory_target.value == 50);
}

TEST_CASE("An average value without a request is unknown, not zero") {
  const YamlMesh mesh(
      istiod() +
      autoscaler(
          "autoscaling/v2",
          "  metrics: [{type: Resource, resource: {name: cpu, target: {averageValue: 1}}}]"));
  const Autoscaler& read = mesh->control_planes.at(0).autoscaler.value();
  CHECK_FALSE(read.cpu_target.value);
  CHECK_FALSE(read.cpu_target.known());
}

TEST_CASE("A KEDA ScaledObject is an HPA with bounds of its own") {
  const YamlMesh mesh(istiod(kRequests) + R"(
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: istiod, namespace: istio-system}
spec:
  scaleTargetRef: {name: istiod-1-30}
  minReplicaCount: 3
  triggers:
  - {type: cpu, metricType: Utilization, metadata: {value: "55"}}
  - {type: prometheus, metadata: {query: up}}
)");
  const Autoscaler& read = mesh->control_planes.at(0).autoscaler.value();
  CHECK(read.object.kind == "ScaledObject");
  CHECK(read.min.value == 3);
  CHECK(read.max.value == 100);
  CHECK(read.cpu_target.value == 55);
  CHECK(read.other_metrics);
}

TEST_CASE("An HPA of another Deployment, kind or namespace is not istiod's") {
  CHECK_FALSE(YamlMesh(istiod() + autoscaler("autoscaling/v2", "", "istiod"))
                  ->control_planes.at(0)
                  .autoscaler);
  const YamlMesh elsewhere(istiod() + R"({apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler,
    metadata: {name: istiod-1-30, namespace: other}, spec: {scaleTargetRef: {kind: Deployment, name: istiod-1-30}}})");
  CHECK_FALSE(elsewhere->control_planes.at(0).autoscaler);
}

TEST_CASE("An autoscaler made for istiod that reaches none is kept with what it names") {
  const YamlMesh mesh(istiod() + autoscaler("autoscaling/v2", "", "istiod"));
  REQUIRE(mesh->istiod_autoscalers.size() == 1);
  CHECK(mesh->istiod_autoscalers[0].revisions.empty());
  CHECK(mesh->istiod_autoscalers[0].target.text() == "istiod");

  const YamlMesh whole(istiod() + autoscaler("autoscaling/v2", ""));
  REQUIRE(whole->istiod_autoscalers.size() == 1);
  CHECK(whole->istiod_autoscalers[0].revisions == std::vector<std::string>{"1-30"});
}

TEST_CASE("An autoscaler of a Deployment that is no istiod is no partner, whatever its name") {
  const YamlMesh mesh(istiod() + autoscaler("autoscaling/v2", "", "istiod-exporter") + R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod-exporter, namespace: istio-system}
spec:
  selector: {matchLabels: {app: exporter}}
  template: {metadata: {labels: {app: exporter}}, spec: {containers: [{name: e, image: e:1}]}}
)");
  CHECK(mesh->istiod_autoscalers.empty());
}

TEST_CASE("A budget is istiod's by its selector, and one that misses is kept by its name") {
  const std::string right = "{matchLabels: {app: istiod, istio.io/rev: 1-30}}";
  const YamlMesh selected(istiod() + budget(right));
  REQUIRE(selected->control_planes.at(0).budgets.size() == 1);
  CHECK(selected->control_planes[0].budgets[0].min_available.value->of(2) == 1);
  CHECK(selected->istiod_budgets.at(0).revisions.size() == 1);

  // The label that the chart gives unrevisioned pods only.
  const YamlMesh missed(istiod() + budget("{matchLabels: {app: istiod, istio: pilot}}"));
  CHECK(missed->control_planes.at(0).budgets.empty());
  CHECK(missed->istiod_budgets.at(0).revisions.empty());

  CHECK(YamlMesh(istiod() + budget(right) + budget(right, "policy/v1", "second"))
            ->control_planes.at(0)
            .budgets.size() == 2);
}

TEST_CASE("An empty selector selects every pod in policy/v1 and none in v1beta1") {
  CHECK(YamlMesh(istiod() + budget("{}"))->control_planes.at(0).budgets.size() == 1);
  CHECK(YamlMesh(istiod() + budget("{}", "policy/v1beta1"))->control_planes.at(0).budgets.empty());
}

TEST_CASE("A VPA that is off changes nothing; another controls what it says") {
  const auto vertical = [](const std::string& spec) {
    const YamlMesh mesh(istiod() +
                        "{apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, "
                        "metadata: {name: v, namespace: istio-system}, spec: {targetRef: "
                        "{kind: Deployment, name: istiod-1-30}" +
                        spec + "}}");
    return mesh->control_planes.at(0).vertical;
  };
  CHECK_FALSE(vertical(", updatePolicy: {updateMode: 'Off'}"));
  CHECK_FALSE(vertical(", updatePolicy: {updateMode: Off}"));
  CHECK_FALSE(
      vertical(", resourcePolicy: {containerPolicies: [{containerName: '*', mode: 'Off'}]}"));
  CHECK(vertical("")->controls_cpu);
  CHECK(vertical("")->controls_memory);
  const auto limited = vertical(
      ", resourcePolicy: {containerPolicies: [{containerName: '*', controlledResources: [cpu]}, "
      "{containerName: discovery, controlledResources: [memory], minAllowed: {memory: 2Gi}}]}");
  CHECK_FALSE(limited->controls_cpu);
  CHECK(limited->controls_memory);
  CHECK(limited->min_memory == Quantity::parse("2Gi"));
}

TEST_CASE("Only spread that selects istiod's own pods counts") {
  using Strength = Spread::Strength;
  const auto spread = [](const std::string& pod) {
    return YamlMesh(istiod("", pod))->control_planes.at(0).spread;
  };
  const auto required = [](const std::string& selector, const std::string& rest) {
    return "      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
           "[{labelSelector: " +
           selector + ", topologyKey: kubernetes.io/hostname" + rest + "}]}}";
  };
  CHECK(spread("").anti_affinity == Strength::none);
  CHECK(spread(required("{matchLabels: {app: istiod}}", "")).host == Strength::required);
  CHECK(spread(required("{matchLabels: {app: pilot}}", "")).anti_affinity == Strength::none);
  CHECK(spread(required("{matchLabels: {app: istiod}}", ", namespaces: [other]")).host ==
        Strength::none);
  CHECK(spread(required("{matchLabels: {app: istiod}}", ", namespaceSelector: {}")).host ==
        Strength::required);

  const Spread constraint = spread(
      "      topologySpreadConstraints: [{topologyKey: topology.kubernetes.io/zone, "
      "whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: istiod}}}, "
      "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: istiod}}}]");
  CHECK(constraint.anti_affinity == Strength::none);
  CHECK(constraint.zone == Strength::preferred);
  CHECK(constraint.host == Strength::required);
  CHECK(constraint.topology_spread);
}

TEST_CASE("Requests that are absent take the limit, as the API server would have it") {
  const YamlMesh mesh(istiod("        resources: {limits: {cpu: 1, memory: 2Gi}}"));
  const Resources& resources = mesh->control_planes.at(0).resources;
  CHECK(resources.cpu_request.value == Quantity::parse("1"));
  CHECK(resources.memory_request.from.kind == Provenance::Kind::api_default);

  const YamlMesh variable(istiod("        resources: {requests: {cpu: '${CPU}'}}"));
  CHECK_FALSE(variable->control_planes.at(0).resources.cpu_request.known());
  CHECK(variable->control_planes.at(0).resources.memory_request.known());
}

TEST_CASE("The version is the image's tag, else what labels or the user say") {
  const auto plane = [](const std::string& image, const std::string& labels,
                        const BuildOptions& options = {}) {
    std::string yaml = istiod("", "", labels);
    yaml.replace(yaml.find("docker.io/istio/pilot:1.30.3"), 28, image);
    return YamlMesh(yaml, options)->control_planes.at(0);
  };
  const std::string digest = "istio/pilot@sha256:" + std::string(64, '0');
  CHECK(plane("r:5000/pilot:1.29.1-distroless", "").version->patch == 1);
  CHECK_FALSE(plane(digest, "").version);
  CHECK(plane(digest, "").pilot_prefix);  // the form that every chart takes
  const ControlPlane labelled = plane(digest, "  labels: {app.kubernetes.io/version: 1.28.4}");
  CHECK(labelled.version->text() == "1.28.4");
  CHECK(labelled.version_from == "label app.kubernetes.io/version");
  CHECK_FALSE(labelled.pilot_prefix);
  CHECK(plane(digest, "  labels: {helm.sh/chart: istiod-1.22.8}").version->text() == "1.22.8");
  CHECK(plane(digest, "", {.istio_version = Version::parse("1.27")}).version_from ==
        "--istio-version");
}

TEST_CASE("How istiod was installed is told by the marks of whoever would change it back") {
  const auto [metadata, method] = GENERATE(table<std::string, InstallMethod>({
      {"", InstallMethod::objects},
      {"  labels: {app.kubernetes.io/managed-by: Helm}", InstallMethod::helm},
      {"  labels: {release: istiod, install.operator.istio.io/owning-resource: unknown}",
       InstallMethod::helm},
      {"  labels: {install.operator.istio.io/owning-resource: installed-state}",
       InstallMethod::istiooperator},
      {"  labels: {operator.istio.io/managed: Reconcile, release: istio}",
       InstallMethod::istiooperator},
      {"  ownerReferences: [{apiVersion: sailoperator.io/v1, kind: IstioRevision, name: d}]",
       InstallMethod::sail},
      {"  labels: {helm.toolkit.fluxcd.io/name: istiod, app.kubernetes.io/managed-by: Helm}",
       InstallMethod::flux},
      {"  annotations: {argocd.argoproj.io/tracking-id: 'istiod:apps/Deployment:a/b'}",
       InstallMethod::argo},
  }));
  CAPTURE(metadata);
  CHECK(YamlMesh(istiod("", "", metadata))->control_planes.at(0).method == method);
}

TEST_CASE("A Deployment that only looks like istiod is none") {
  std::string other = istiod();
  other.replace(other.find("name: discovery"), 15, "name: exporter_");
  CHECK(YamlMesh(other)->control_planes.empty());
}

TEST_CASE("Replicas are declared by a manifest, not by an object that the API server filled in") {
  const auto declared = [](const std::string& metadata) {
    std::string yaml = istiod("", "", metadata);
    yaml.replace(yaml.find("\nspec:"), 6, "\nspec:\n  replicas: 1");
    return YamlMesh(yaml)->control_planes.at(0).declared_replicas;
  };
  CHECK(declared(""));
  CHECK_FALSE(declared("  uid: 00000000-0000-0000-0000-000000000000"));
  CHECK_FALSE(
      declared("  uid: a\n  managedFields: [{manager: kube-controller-manager, operation: "
               "Update, subresource: scale, fieldsV1: {'f:spec': {'f:replicas': {}}}}]"));
  CHECK(
      declared("  uid: a\n  managedFields: [{manager: helm, operation: Apply, fieldsV1: {'f:spec': "
               "{'f:replicas': {}}}}]"));
}

TEST_CASE("Partners are known to be absent where the control plane's Deployment is") {
  const YamlMesh mesh(istiod() +
                      "{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}");
  CHECK(mesh->covers("PodDisruptionBudget", "istio-system"));
  CHECK_FALSE(mesh->covers("PodDisruptionBudget", "shop"));
  CHECK(mesh->covers("MutatingWebhookConfiguration", ""));
  CHECK(mesh->covers("Deployment", "istio-system"));
  CHECK_FALSE(mesh->covers("Deployment", "shop"));
  CHECK_FALSE(mesh->covers("ConfigMap", "istio-system"));

  CHECK_FALSE(YamlMesh("{}")->covers("MutatingWebhookConfiguration", ""));
  BuildOptions complete;
  complete.complete = true;
  CHECK(YamlMesh("{}", complete)->covers("ConfigMap", "shop"));
}
