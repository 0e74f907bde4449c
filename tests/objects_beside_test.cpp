// What stands beside an installation that values ask for: autoscalers and budgets of their own, and
// how the pods keep apart.
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "support/run_in.h"
#include "support/temporary_folder.h"

using namespace meshcheck;

namespace {

// The findings of some rules, one a line.
std::string audit(std::string_view yaml, const std::string& select) {
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  return test::run_in(folder, {"audit", "in.yaml", "--select", select, "-o", "text"}).out;
}

bool fires(std::string_view yaml, const std::string& rule) {
  return audit(yaml, rule).find("[" + rule + "]") != std::string::npos;
}

constexpr std::string_view kRelease =
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
    "metadata: {name: istiod, namespace: istio-system}\nspec:\n"
    "  chart: {spec: {chart: istiod, version: 1.30.3}}\n"
    "  values: {revision: r1, autoscaleEnabled: false,\n"
    "           global: {defaultPodDisruptionBudget: {enabled: false}}}\n";

constexpr std::string_view kScaler =
    "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
    "metadata: {name: mine, namespace: istio-system}\nspec:\n"
    "  scaleTargetRef: {kind: Deployment, name: istiod-r1}\n  minReplicas: 3\n  maxReplicas: 9\n"
    "  metrics: [{type: Resource, resource: {name: cpu, target: {averageUtilization: 60}}}]\n";

constexpr std::string_view kBudget =
    "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
    "metadata: {name: mine, namespace: istio-system}\n"
    "spec: {maxUnavailable: 1, selector: {matchLabels: {app: istiod, istio.io/rev: r1}}}\n";

// A Deployment of istiod with `spread` in its pods.
std::string istiod(std::string_view spread, int replicas = 2) {
  return fmt::format(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: istiod, namespace: istio-system}}\n"
      "spec:\n  replicas: {}\n  selector: {{matchLabels: {{app: istiod}}}}\n  template:\n"
      "    metadata: {{labels: {{app: istiod, istio.io/rev: default}}}}\n    spec:\n{}"
      "      containers: [{{name: discovery, image: 'istio/pilot:1.30.3'}}]\n",
      replicas, spread);
}

std::string apart_from(std::string_view namespaces) {
  return fmt::format(
      "      affinity:\n        podAntiAffinity:\n"
      "          requiredDuringSchedulingIgnoredDuringExecution:\n"
      "            - topologyKey: topology.kubernetes.io/zone\n"
      "              labelSelector: {{matchLabels: {{app: istiod}}}}\n              {}\n",
      namespaces);
}

std::string scaled_object(std::string_view extra, std::string_view annotations = "{}") {
  return istiod("") +
         fmt::format(
             "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
             "metadata: {{name: istiod, namespace: istio-system, annotations: {}}}\nspec:\n"
             "  scaleTargetRef: {{name: istiod}}\n  minReplicaCount: 2\n{}",
             annotations, extra);
}

}  // namespace

TEST_CASE("an HPA and a budget beside values that make none guard that istiod") {
  const std::string all = fmt::format("{}{}{}", kRelease, kScaler, kBudget);
  for (const char* rule : {"MC201", "MC202", "MC207", "MC213"}) {
    INFO(rule);
    CHECK_FALSE(fires(all, rule));
  }
  CHECK(fires(kRelease, "MC201"));
  CHECK(fires(kRelease, "MC207"));
  // Another revision's are not its own.
  std::string other = fmt::format("{}{}{}", kRelease, kScaler, kBudget);
  for (std::size_t at; (at = other.find("istio.io/rev: r1")) != std::string::npos;) {
    other.replace(at, 16, "istio.io/rev: r2");
  }
  CHECK(fires(other, "MC207"));
}

TEST_CASE("an HPA beside the values is mended itself, not by settings that have no effect") {
  std::string yaml = fmt::format("{}{}", kRelease, kScaler);
  yaml.replace(yaml.find("minReplicas: 3"), 14, "minReplicas: 1");
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  const auto ran = test::run_in(folder, {"audit", "in.yaml", "--select", "MC201", "--diff"});
  CHECK(ran.out.find("+  minReplicas: 2") != std::string::npos);
  CHECK(ran.out.find("autoscaleMin") == std::string::npos);
}

TEST_CASE("a budget of the chart's own name beside the values is the chart's, and no second one") {
  std::string yaml(kRelease);
  yaml.replace(yaml.find("autoscaleEnabled: false"), 23, "autoscaleMin: 2");
  yaml.replace(yaml.find("enabled: false"), 14, "enabled: true");
  std::string budget(kBudget);
  CHECK(fires(yaml + budget, "MC213"));
  budget.replace(budget.find("name: mine"), 10, "name: istiod-r1");
  CHECK_FALSE(fires(yaml + budget, "MC213"));
}

TEST_CASE("a gateway's HPA and budget beside its release count") {
  const std::string release =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
      "metadata: {name: gw, namespace: in}\nspec:\n"
      "  chart: {spec: {chart: gateway, version: 1.30.3}}\n"
      "  values:\n    autoscaling: {enabled: false}\n    topologySpreadConstraints:\n"
      "      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, labelSelector:\n"
      "         {matchLabels: {app: gw}}}\n";
  const std::string beside =
      "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
      "metadata: {name: mine, namespace: in}\n"
      "spec: {maxUnavailable: 1, selector: {matchLabels: {app: gw}}}\n"
      "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
      "metadata: {name: mine, namespace: in}\n"
      "spec: {scaleTargetRef: {name: gw}, minReplicaCount: 3}\n";
  CHECK(fires(release, "MC211"));
  CHECK_FALSE(fires(release + beside, "MC211"));
}

TEST_CASE("anti-affinity reaches the pods' own namespace by its name or its labels") {
  CHECK_FALSE(fires(istiod(apart_from("namespaceSelector: {}")), "MC210"));
  CHECK_FALSE(fires(istiod(apart_from("namespaces: [istio-system]")), "MC210"));
  CHECK_FALSE(fires(istiod(apart_from("namespaceSelector: {matchLabels: "
                                      "{kubernetes.io/metadata.name: istio-system}}")),
                    "MC210"));
  CHECK(fires(istiod(apart_from("namespaceSelector: {matchLabels: "
                                "{kubernetes.io/metadata.name: shop}}")),
              "MC210"));
  CHECK(fires(istiod(apart_from("namespaces: [shop]")), "MC210"));
  CHECK(fires(istiod(apart_from("mismatchLabelKeys: [istio.io/rev]")), "MC210"));
}

TEST_CASE("labels of a Namespace that is not in the input decide nothing") {
  const std::string yaml = istiod(apart_from("namespaceSelector: {matchLabels: {team: mesh}}"));
  const std::string name_space =
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system, labels: {team: ";
  CHECK_FALSE(fires(yaml, "MC210"));
  CHECK_FALSE(fires(yaml + name_space + "mesh}}\n", "MC210"));
  CHECK(fires(yaml + name_space + "shop}}\n", "MC210"));
}

TEST_CASE("a skew as large as the replicas keeps nothing apart") {
  const auto constraint = [](int skew, int replicas) {
    return istiod(
        fmt::format("      topologySpreadConstraints:\n"
                    "        - maxSkew: {}\n          topologyKey: kubernetes.io/hostname\n"
                    "          whenUnsatisfiable: DoNotSchedule\n"
                    "          labelSelector: {{matchLabels: {{app: istiod}}}}\n",
                    skew),
        replicas);
  };
  CHECK(audit(constraint(1, 2), "MC210").find("one zone") != std::string::npos);
  CHECK(audit(constraint(2, 3), "MC210").find("one zone") != std::string::npos);
  CHECK(audit(constraint(2, 2), "MC210").find("one node") != std::string::npos);
}

TEST_CASE("KEDA keeps idleReplicaCount where a trigger can fall silent, and what it is paused at") {
  constexpr std::string_view kQueue = "  triggers: [{type: prometheus, metadata: {query: up}}]\n";
  constexpr std::string_view kCpu = "  triggers: [{type: cpu, metadata: {value: '60'}}]\n";
  CHECK_FALSE(fires(scaled_object(kQueue), "MC201"));
  CHECK(fires(scaled_object(fmt::format("  idleReplicaCount: 0\n{}", kQueue)), "MC201"));
  CHECK_FALSE(fires(scaled_object(fmt::format("  idleReplicaCount: 0\n{}", kCpu)), "MC201"));
  CHECK(fires(scaled_object(kCpu, "{autoscaling.keda.sh/paused-replicas: '1'}"), "MC201"));
  std::string silent = scaled_object(kCpu);
  silent.erase(silent.find("  minReplicaCount: 2\n"), 21);
  CHECK(audit(silent, "MC201").find("API server") == std::string::npos);
  CHECK(audit(silent, "MC201").find("KEDA's default") != std::string::npos);
}

TEST_CASE("a label of null leaves the chart's own on a gateway's pods") {
  const std::string release =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
      "metadata: {name: gw, namespace: in}\nspec:\n"
      "  chart: {spec: {chart: gateway, version: 1.30.3}}\n"
      "  values:\n    autoscaling: {minReplicas: 2}\n    labels: {app: null}\n"
      "    topologySpreadConstraints:\n"
      "      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, labelSelector:\n"
      "         {matchLabels: {app: gw}}}\n";
  const std::string beside =
      "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
      "metadata: {name: mine, namespace: in}\n"
      "spec: {maxUnavailable: 1, selector: {matchLabels: {app: gw}}}\n";
  CHECK(fires(release, "MC211"));
  CHECK_FALSE(fires(release + beside, "MC211"));
}

TEST_CASE("labels that an overlay replaces leave open which budgets select the pods") {
  const auto installed = [](std::string_view patch) {
    return fmt::format(
        "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n"
        "metadata: {{name: x, namespace: istio-system}}\nspec:\n  tag: 1.30.3\n"
        "  profile: minimal\n  values: {{global: {{defaultPodDisruptionBudget: {{enabled: "
        "false}}}}}}\n"
        "  components: {{pilot: {{k8s: {{overlays: [{{kind: Deployment, name: istiod,\n"
        "    patches: [{}]}}]}}}}}}\n",
        patch);
  };
  CHECK(fires(installed("{path: spec.paused, value: false}"), "MC207"));
  CHECK_FALSE(
      fires(installed("{path: spec.template.metadata.labels, value: {tier: gold}}"), "MC207"));
}
