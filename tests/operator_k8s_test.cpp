// What is laid over the charts' values by an IstioOperator's `k8s` is changed together with them,
// in printed fixes and by `--fix` alike.
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/run_in.h"
#include "support/temporary_folder.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

// `pilot` is indented by 8, `spec` by 2.
std::string iop(std::string_view tag, std::string_view pilot, std::string_view spec = {}) {
  return fmt::format(
      "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n"
      "metadata: {{name: mesh, namespace: istio-system}}\nspec:\n  tag: {}\n  profile: minimal\n"
      "  components:\n    pilot:\n      k8s:\n{}{}",
      tag, pilot, spec);
}

json findings(const test::TemporaryFolder& folder, const std::string& select) {
  return json::parse(
      test::run_in(folder, {"audit", "in.yaml", "--select", select, "-o", "json"}).out)["findings"];
}

// The only finding's fix, as it is printed.
std::string printed(std::string_view yaml, const std::string& select, const char* part = "values") {
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  const json found = findings(folder, select);
  INFO(found.dump(1));
  REQUIRE(found.size() == 1);
  const json text = found[0]["fix"][part];
  return text.is_string() ? text.get<std::string>() : std::string();
}

// The file after `--fix`; of `gone` nothing is found in it any more.
std::string fixed(std::string_view yaml, const std::string& select, const std::string& gone) {
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  CHECK(!findings(folder, select).empty());
  test::run_in(folder, {"audit", "in.yaml", "--select", select, "--fix", "--unsafe-fixes"});
  CHECK(findings(folder, gone) == json::array());
  std::ifstream in(folder / "in.yaml");
  return {std::istreambuf_iterator<char>(in), {}};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr std::string_view kSmall =
    "          hpaSpec:\n            minReplicas: 1\n            maxReplicas: 1\n";

}  // namespace

TEST_CASE(
    "replicas are written to the hpaSpec that decides and to the values the chart counts by") {
  const std::string trap =
      iop("1.30.3", "          hpaSpec:\n            minReplicas: 1\n            maxReplicas: 5\n");
  for (const char* select : {"MC201", "MC207", "MC201,MC207"}) {
    INFO(select);
    const std::string after = fixed(trap, select, "MC201,MC207");
    CHECK(has(after, "            minReplicas: 2\n            maxReplicas: 5\n"));
    CHECK(has(after, "    pilot:\n      autoscaleMin: 2\n"));
  }
  // Two of them already, of which the chart does not know.
  const std::string unseen =
      iop("1.30.3", "          hpaSpec:\n            minReplicas: 3\n            maxReplicas: 5\n");
  CHECK(has(fixed(unseen, "MC207", "MC207"), "autoscaleMin: 3\n"));
}

TEST_CASE("a printed fix names the bounds that the hpaSpec has") {
  const std::string both = printed(iop("1.31.0", kSmall), "MC201");
  CHECK(has(both, "  values:\n    pilot:\n      autoscaleMin: 2\n      autoscaleMax: 5\n"));
  CHECK(has(both, "        hpaSpec:\n          minReplicas: 2\n          maxReplicas: 5\n"));
  CHECK(
      has(printed(iop("1.31.0", kSmall), "MC203"), "        hpaSpec:\n          maxReplicas: 5\n"));
  // What it leaves to the values stays there.
  const std::string one =
      printed(iop("1.31.0", "          hpaSpec:\n            minReplicas: 1\n"), "MC201");
  CHECK(has(one, "minReplicas: 2\n"));
  CHECK_FALSE(has(one, "maxReplicas"));
  CHECK_FALSE(has(printed(iop("1.31.0", "          priorityClassName: high\n"), "MC201"), "k8s"));
  // Folded into MC201, as it is without a selection.
  CHECK(has(printed(iop("1.31.0", kSmall), "MC201,MC203,MC207"), "minReplicas: 2"));
}

TEST_CASE("a target of CPU is set among the metrics of the hpaSpec, in their form") {
  const std::string bounds =
      "          hpaSpec:\n            minReplicas: 2\n            maxReplicas: 5\n";
  const std::string v2 = bounds +
                         "            metrics:\n            - type: Resource\n"
                         "              resource:\n                name: cpu\n"
                         "                target: {type: Utilization, averageUtilization: 80}\n"
                         "            - type: Resource\n              resource:\n"
                         "                name: memory\n"
                         "                target: {type: AverageValue, averageValue: \"3Gi\"}\n";
  const std::string changed = printed(iop("1.31.0", v2), "MC204");
  CHECK(has(changed,
            "          metrics:\n            - type: Resource\n              resource:\n"
            "                name: cpu\n                target:\n"
            "                  type: Utilization\n"
            "                  averageUtilization: 60\n"
            "            - {type: Resource, resource: {name: memory, target: "
            "{type: AverageValue, averageValue: \"3Gi\"}}}\n"));
  CHECK(has(fixed(iop("1.31.0", v2), "MC204", "MC204"), "averageUtilization: 60"));

  const std::string beta = bounds +
                           "            metrics:\n            - type: Resource\n"
                           "              resource:\n                name: cpu\n"
                           "                targetAverageUtilization: 80\n";
  CHECK(has(printed(iop("1.20.0", beta), "MC204"),
            "name: cpu\n                targetAverageUtilization: 60\n"));

  const std::string custom = bounds +
                             "            metrics:\n            - type: Pods\n              pods:\n"
                             "                metric: {name: pushes}\n"
                             "                target: {type: AverageValue, averageValue: \"9\"}\n";
  const std::string added = fixed(iop("1.31.0", custom), "MC204", "MC204");
  CHECK(has(added, "pushes"));
  CHECK(has(added, "averageUtilization: 60"));

  // The target is one number, and utilisation is what we know.
  const std::string value = bounds +
                            "            metrics:\n            - type: Resource\n"
                            "              resource:\n                name: cpu\n"
                            "                target: {type: AverageValue, averageValue: 450m}\n"
                            "          resources: {requests: {cpu: 500m}}\n";
  CHECK_FALSE(has(fixed(iop("1.31.0", value), "MC204", "MC204"), "averageValue"));
}

TEST_CASE("no replicaCount is left beside an autoscaler that a fix turns on") {
  const std::string fixed_count =
      iop("1.31.0", "          priorityClassName: high\n          replicaCount: 1\n",
          "  values:\n    pilot:\n      autoscaleEnabled: false\n");
  CHECK(has(printed(fixed_count, "MC201"), "      k8s:\n        replicaCount: null\n"));
  const std::string after = fixed(fixed_count, "MC201", "MC201,MC206");
  CHECK_FALSE(has(after, "replicaCount"));
  CHECK(has(after, "autoscaleEnabled: true"));
  // An hpaSpec that had no effect until now.
  const std::string narrow =
      fixed(iop("1.31.0", "          replicaCount: 1\n" + std::string(kSmall),
                "  values:\n    pilot:\n      autoscaleEnabled: false\n"),
            "MC201", "MC201,MC203,MC206");
  CHECK(has(narrow, "minReplicas: 2\n            maxReplicas: 5\n"));
}

TEST_CASE("a replicaCount that is all of k8s gives way too") {
  const std::string alone = fixed(iop("1.31.0", "          replicaCount: 1\n",
                                      "  values:\n    pilot:\n      autoscaleEnabled: false\n"),
                                  "MC201", "MC201,MC206");
  CHECK(has(alone, "replicaCount: null"));
  // An autoscaler that is on already, and starts from one.
  const std::string on = fixed(iop("1.31.0", "          replicaCount: 1\n" + std::string(kSmall)),
                               "MC201", "MC201,MC203,MC206");
  CHECK_FALSE(has(on, "replicaCount"));
}

TEST_CASE("a budget's fix reaches the hpaSpec that decides") {
  const std::string budget =
      "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
      "metadata: {name: mine, namespace: istio-system}\n"
      "spec: {minAvailable: 1, selector: {matchLabels: {app: istiod}}}\n";
  const std::string values = printed(iop("1.31.0", kSmall) + budget, "MC208");
  CHECK(has(values, "hpaSpec:"));
  CHECK(has(values, "minReplicas: 2"));
}

TEST_CASE("a gateway's bounds are printed where its component holds them") {
  const std::string yaml = iop("1.31.0", "          priorityClassName: high\n",
                               "    ingressGateways:\n      - name: istio-ingressgateway\n"
                               "        enabled: true\n        k8s:\n          hpaSpec:\n"
                               "            minReplicas: 1\n            maxReplicas: 1\n");
  const std::string patch = printed(yaml, "MC211", "patch");
  CHECK(has(patch,
            "      - name: istio-ingressgateway\n        k8s:\n          affinity:\n"
            "            podAntiAffinity:\n"));
  CHECK(has(patch, "          hpaSpec:\n            minReplicas: 2\n            maxReplicas: 5\n"));
  CHECK(has(patch, "        autoscaleMin: 2\n        autoscaleMax: 5\n"));
  CHECK_FALSE(has(printed(yaml, "MC211", "description"), "must say the same"));

  const std::string counted = iop("1.30.3", "          priorityClassName: high\n",
                                  "    ingressGateways:\n      - name: istio-ingressgateway\n"
                                  "        enabled: true\n        k8s:\n"
                                  "          replicaCount: 3\n"
                                  "  values:\n    gateways:\n      istio-ingressgateway:\n"
                                  "        autoscaleEnabled: false\n");
  const std::string kept = printed(counted, "MC211", "patch");
  CHECK(has(kept, "          replicaCount: null\n"));
  CHECK(has(kept, "        autoscaleMin: 3\n"));
}

TEST_CASE("defaults of sidecars are changed in the values that the finding points into") {
  const std::string small = iop("1.30.3", "          priorityClassName: high\n",
                                "  values:\n    global:\n      proxy:\n        resources:\n"
                                "          requests:\n            cpu: 10m\n"
                                "            memory: 16Mi\n");
  const std::string after = fixed(small, "MC401", "MC401");
  CHECK(has(after, "            cpu: 100m\n            memory: 128Mi\n"));
}

TEST_CASE("istiod beside gateways of its own release is what istioctl printed") {
  const auto object = [](std::string_view name, std::string_view release,
                         std::string_view component, std::string_view app,
                         std::string_view container) {
    return fmt::format(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {0}\n  namespace: istio-system\n"
        "  labels: {{operator.istio.io/component: {2}, release: {1},\n"
        "           install.operator.istio.io/owning-resource: unknown}}\n"
        "spec:\n  selector: {{matchLabels: {{app: {3}}}}}\n  template:\n"
        "    metadata: {{labels: {{app: {3}}}}}\n    spec:\n      containers:\n"
        "        - name: {4}\n          image: docker.io/istio/image:1.30.3\n"
        "          args: [proxy, router]\n---\n",
        name, release, component, app, container);
  };
  const std::string istiod = object("istiod", "istio", "Pilot", "istiod", "discovery");
  const std::string gateway =
      object("istio-ingressgateway", "istio", "IngressGateways", "ingress", "istio-proxy");
  CHECK(printed(istiod + gateway, "MC103").starts_with("spec:\n  components:\n    pilot:\n"));
  const std::string other =
      object("istio-ingressgateway", "edge", "IngressGateways", "ingress", "istio-proxy");
  CHECK_FALSE(has(printed(istiod, "MC103"), "components"));
  CHECK_FALSE(has(printed(istiod + other, "MC103"), "components"));
  CHECK_FALSE(has(printed("# Source: istiod/templates/deployment.yaml\n" + istiod +
                              "# Source: istio-ingress/templates/deployment.yaml\n" + gateway,
                          "MC103"),
                  "components"));
}

TEST_CASE("a budget over a single pod lets it go") {
  const std::string one =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: istio-system}\n"
      "spec:\n  selector: {matchLabels: {app: istiod}}\n  template:\n"
      "    metadata: {labels: {app: istiod}}\n    spec:\n      containers:\n"
      "        - name: discovery\n          image: docker.io/istio/pilot:1.30.3\n";
  CHECK(has(printed(one, "MC207", "patch"), "  maxUnavailable: 1\n"));
  CHECK(has(fixed(one, "MC207", "MC207,MC208"), "  maxUnavailable: 1\n"));
  std::string two = one;
  two.insert(two.find("  selector"), "  replicas: 2\n");
  CHECK(has(printed(two, "MC207", "patch"), "  minAvailable: 1\n"));
}
