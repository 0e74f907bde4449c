// What fixes say of replicas, budgets and limits goes together: the API server takes it, and it
// does what the finding asks for.
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

// What `--diff` would do to a file for one rule.
std::string diff(std::string_view yaml, const std::string& select) {
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  return test::run_in(folder, {"audit", "in.yaml", "--select", select, "--diff", "--unsafe-fixes"})
      .out;
}

// The only finding's fix.
json fix(std::string_view yaml, const std::string& rule) {
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  const auto ran = test::run_in(folder, {"audit", "in.yaml", "--select", rule, "-o", "json"});
  const json findings = json::parse(ran.out)["findings"];
  INFO(ran.out);
  REQUIRE(findings.size() == 1);
  return findings[0]["fix"];
}

std::string text_of(const json& text) {
  return text.is_string() ? text.get<std::string>() : std::string();
}
std::string patch_of(const json& fix) { return text_of(fix["patch"]); }
std::string values_of(const json& fix) { return text_of(fix["values"]); }

// istiod as an object, made by a chart if `labels` say so.
std::string istiod(std::string_view resources = "{}", std::string_view labels = "{}") {
  return fmt::format(
      "apiVersion: apps/v1\nkind: Deployment\n"
      "metadata: {{name: istiod, namespace: istio-system, labels: {}}}\n"
      "spec:\n  selector: {{matchLabels: {{app: istiod}}}}\n  template:\n"
      "    metadata: {{labels: {{app: istiod, istio.io/rev: default}}}}\n    spec:\n"
      "      containers:\n        - name: discovery\n          image: istio/pilot:1.30.3\n"
      "          resources: {}\n",
      labels, resources);
}

std::string hpa(int min, int max, std::string_view name = "istiod") {
  return fmt::format(
      "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
      "metadata: {{name: {}, namespace: istio-system}}\nspec:\n"
      "  scaleTargetRef: {{kind: Deployment, name: istiod}}\n"
      "  minReplicas: {}\n  maxReplicas: {}\n",
      name, min, max);
}

std::string scaled_object(std::string_view spec, std::string_view annotations = "{}",
                          std::string_view target = "istiod") {
  return fmt::format(
      "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
      "metadata: {{name: keda, namespace: istio-system, annotations: {}}}\nspec:\n"
      "  scaleTargetRef: {{name: {}}}\n  {}\n"
      "  triggers: [{{type: prometheus, metadata: {{query: up}}}}]\n",
      annotations, target, spec);
}

std::string budget(std::string_view terms, std::string_view name = "istiod") {
  return fmt::format(
      "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
      "metadata: {{name: {}, namespace: istio-system}}\n"
      "spec: {{{}, selector: {{matchLabels: {{app: istiod}}}}}}\n",
      name, terms);
}

constexpr std::string_view kHelm = "{app.kubernetes.io/managed-by: Helm}";

}  // namespace

TEST_CASE("replicas that were asked for are kept as far as the autoscaler has room") {
  const auto min = [](std::string_view asked) {
    const std::string changed =
        diff(fmt::format("{}\nmeshConfig: {{}}\nrevision: r1\nglobal: {{tag: 1.30.3}}\n", asked),
             "MC201");
    const auto at = changed.find("autoscaleMin: ");
    return at == std::string::npos ? "" : changed.substr(at, changed.find('\n', at) - at);
  };
  CHECK(min("replicaCount: 3") == "autoscaleMin: 3");
  CHECK(min("replicaCount: 8") == "autoscaleMin: 4");
  CHECK(min("replicaCount: 99999999999") == "autoscaleMin: 4");
  CHECK(min("replicaCount: 8\nautoscaleMax: 12") == "autoscaleMin: 8");
  CHECK(min("replicaCount: 8\nautoscaleMax: 3") == "autoscaleMin: 2");
  CHECK(min("replicaCount: 8\nautoscaleEnabled: false\nautoscaleMin: 1").empty());

  const test::TemporaryFolder folder;  // the maximum stands in a layer below
  folder.write("values.yaml", "autoscaleMax: 20\nmeshConfig: {}\n");
  folder.write("values-prod.yaml", "replicaCount: 8\nautoscaleMin: 1\n");
  const auto ran = test::run_in(folder, {"audit", ".", "--select", "MC201", "--diff"});
  CHECK(ran.out.find("+autoscaleMin: 8") != std::string::npos);
}

TEST_CASE("a minimum that meets the maximum takes it along") {
  CHECK(diff(istiod() + hpa(1, 1), "MC201").find("+  maxReplicas: 5") != std::string::npos);
  CHECK(diff(istiod() + hpa(1, 3), "MC201").find("maxReplicas: 5") == std::string::npos);
  const std::string values = "autoscaleMin: 1\nautoscaleMax: 2\nmeshConfig: {}\nrevision: r1\n";
  CHECK(diff(values, "MC201").find("+autoscaleMax: 5") != std::string::npos);
  CHECK(diff(values, "MC207").find("+autoscaleMax: 5") != std::string::npos);
}

TEST_CASE("two replicas alone do not help where the budget's terms let none of them go") {
  const json strict = fix(istiod() + hpa(1, 5) + budget("minAvailable: 2"), "MC208");
  CHECK(patch_of(strict).find("minReplicas: 2") != std::string::npos);
  CHECK(patch_of(strict).find("minAvailable: 1") != std::string::npos);
  const json usual = fix(istiod() + hpa(1, 5) + budget("minAvailable: 1"), "MC208");
  CHECK(patch_of(usual).find("minAvailable") == std::string::npos);
  const json none = fix(istiod() + hpa(1, 5) + budget("maxUnavailable: 0"), "MC208");
  CHECK(patch_of(none).find("maxUnavailable: 1") != std::string::npos);
}

TEST_CASE("a budget is not put over a single pod") {
  const std::string alone = patch_of(fix(istiod() + hpa(1, 5), "MC207"));
  CHECK(alone.find("minAvailable: 1") != std::string::npos);
  CHECK(alone.find("minReplicas: 2") != std::string::npos);
  CHECK(patch_of(fix(istiod() + hpa(3, 5), "MC207")).find("minReplicas") == std::string::npos);
  // Charts before 1.28 render it for one replica too.
  const json off =
      fix("meshConfig: {}\nrevision: r1\nglobal: {tag: 1.27.1, defaultPodDisruptionBudget: "
          "{enabled: false}}\n",
          "MC207");
  CHECK(values_of(off).find("autoscaleMin: 2") != std::string::npos);
}

TEST_CASE("what KEDA keeps to over the minimum is to go, and no minimum is written") {
  const std::string idle = istiod() + scaled_object("idleReplicaCount: 1\n  minReplicaCount: 2");
  const std::string paused =
      istiod() + scaled_object("minReplicaCount: 2", "{autoscaling.keda.sh/paused-replicas: '1'}");
  for (const std::string& yaml : {idle, paused}) {
    for (const char* rule : {"MC201", "MC208"}) {
      INFO(rule);
      const json found = fix(yaml + budget("minAvailable: 1"), rule);
      CHECK(patch_of(found).empty());
      const auto said = found["description"].get<std::string>();
      CHECK(said.find(yaml == idle ? "idleReplicaCount" : "paused-replicas") != std::string::npos);
    }
  }
  const json usual = fix(istiod() + scaled_object("minReplicaCount: 1"), "MC201");
  CHECK(patch_of(usual).find("minReplicaCount: 2") != std::string::npos);
  // A pause above the maximum is no narrow range.
  const std::string many = istiod() + scaled_object("minReplicaCount: 2\n  maxReplicaCount: 6",
                                                    "{autoscaling.keda.sh/paused-replicas: '8'}");
  CHECK(diff(many, "MC203").empty());
}

TEST_CASE("settings of a chart do not scale what an autoscaler beside it does") {
  const json keda = fix(istiod("{}", kHelm) + scaled_object("minReplicaCount: 1"), "MC201");
  CHECK(values_of(keda).empty());
  CHECK(patch_of(keda).find("minReplicaCount: 2") != std::string::npos);
  const json mine = fix(istiod("{}", kHelm) + hpa(1, 5, "mine"), "MC201");
  CHECK(values_of(mine).empty());
  CHECK(patch_of(mine).find("minReplicas: 2") != std::string::npos);
  const json chart = fix(istiod("{}", kHelm) + hpa(1, 5), "MC201");
  CHECK(values_of(chart).find("autoscaleMin: 2") != std::string::npos);
  const json drain =
      fix(istiod("{}", kHelm) + hpa(2, 5) + budget("minAvailable: 2", "mine"), "MC208");
  CHECK(values_of(drain).empty());
  CHECK(patch_of(drain).find("minAvailable: 1") != std::string::npos);
}

TEST_CASE("a gateway that is scaled beside its chart gets each part where it belongs") {
  const std::string release =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
      "metadata: {name: gw, namespace: istio-system}\nspec:\n"
      "  chart: {spec: {chart: gateway, version: 1.30.3}}\n"
      "  values: {autoscaling: {enabled: false}, labels: {app: edge}}\n";
  const json whole = fix(release + scaled_object("minReplicaCount: 1", "{}", "gw"), "MC211");
  const std::string patch = patch_of(whole);
  CHECK(patch.find("minReplicaCount: 2") != std::string::npos);
  CHECK(patch.find("kind: PodDisruptionBudget") != std::string::npos);
  CHECK(patch.find("spec:\n  values:\n    topologySpreadConstraints:") != std::string::npos);
  CHECK(patch.find("matchLabels: {app: edge}") != std::string::npos);
  CHECK(patch.find("podDisruptionBudget:") == std::string::npos);
  const json scaled = fix(release + scaled_object("minReplicaCount: 3", "{}", "gw"), "MC211");
  CHECK(patch_of(scaled).find("minReplicaCount") == std::string::npos);
  CHECK(patch_of(scaled).find("maxUnavailable: 1") != std::string::npos);
  const json idle = fix(
      release + scaled_object("idleReplicaCount: 1\n  minReplicaCount: 2", "{}", "gw"), "MC211");
  CHECK(patch_of(idle).find("minReplicaCount") == std::string::npos);
  CHECK(idle["description"].get<std::string>().find("idleReplicaCount") != std::string::npos);
}

TEST_CASE("a request that a fix raises stays below its limit") {
  const std::string small =
      istiod("{requests: {cpu: 10m, memory: 64Mi}, limits: {cpu: 100m, memory: 128Mi}}");
  const auto with = [&](const std::string& parameters, const std::string& rule) {
    const test::TemporaryFolder folder;
    folder.write("in.yaml", small);
    folder.write("meshcheck.yaml", "version: 1\nparameters: {" + parameters + "}\n");
    return test::run_in(folder, {"audit", "in.yaml", "--select", rule, "-o", "json"}).out;
  };
  CHECK(
      with("MC101: {recommended-cpu: '4'}", "MC101").find(R"(limits:\n              cpu: \"4\")") !=
      std::string::npos);
  CHECK(with("MC102: {min-memory: 8Gi}", "MC102").find(R"(limits:\n              memory: 8Gi)") !=
        std::string::npos);

  const std::string pod =
      "apiVersion: v1\nkind: Namespace\n"
      "metadata: {name: shop, labels: {istio-injection: enabled}}\n---\n"
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n"
      "  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n"
      "      labels: {app: web}\n      annotations:\n"
      "        sidecar.istio.io/proxyCPU: 1m\n        sidecar.istio.io/proxyCPULimit: 5m\n"
      "        sidecar.istio.io/proxyMemory: 256Mi\n"
      "        sidecar.istio.io/proxyMemoryLimit: 512Mi\n"
      "    spec: {containers: [{name: web, image: web}]}\n";
  const std::string changed = diff(pod + "---\n" + istiod(), "MC402");
  CHECK(changed.find("proxyCPULimit: \"2000m\"") != std::string::npos);
  CHECK(changed.find("+        sidecar.istio.io/proxyMemory") == std::string::npos);
}

TEST_CASE("the default limits of sidecars rise with their requests") {
  const std::string values =
      "meshConfig: {}\nrevision: r1\nautoscaleMin: 2\nglobal:\n  proxy:\n    resources:\n"
      "      requests: {cpu: 1m, memory: 16Mi}\n      limits: {cpu: 2m, memory: 1Gi}\n";
  const std::string changed = values_of(fix(values, "MC401"));
  CHECK(changed.find("cpu: 2000m") != std::string::npos);
  CHECK(changed.find("memory: 1Gi") == std::string::npos);
}
