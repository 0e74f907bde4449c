// What an installation leaves to files, folders, patches and tools that are not in the input; and
// which of the files that are in it belong to one mesh.
#include <functional>
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

std::string audit(const test::TemporaryFolder& folder, const std::string& select) {
  return test::run_in(folder, {"audit", ".", "--select", select, "-o", "text"}).out;
}

std::string audit(std::string_view yaml, const std::string& select) {
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  return audit(folder, select);
}

bool fires(std::string_view yaml, const std::string& rule) {
  return audit(yaml, rule).find("[" + rule + "]") != std::string::npos;
}

json planes(std::string_view yaml) {
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  const auto ran = test::run_in(folder, {"inspect", "in.yaml", "-o", "json"});
  return json::parse(ran.out)["controlPlanes"];
}

std::string release(std::string_view chart, std::string_view values, std::string_view more = "") {
  return fmt::format(
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
      "metadata: {{name: istiod, namespace: istio-system}}\nspec:\n"
      "  chart: {{spec: {{{}}}}}\n  values: {{{}}}\n{}",
      chart, values, more);
}

std::string application(std::string_view source, std::string_view kind = "Application") {
  const bool set = kind == "ApplicationSet";
  return fmt::format(
      "apiVersion: argoproj.io/v1alpha1\nkind: {}\nmetadata: {{name: istiod, namespace: argocd}}\n"
      "spec:\n{}    source:\n{}    destination: {{namespace: istio-system}}\n",
      kind, set ? "  template:\n   spec:\n" : "", source);
}

std::string istio_operator(std::string_view k8s) {
  return fmt::format(
      "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {{name: i}}\n"
      "spec:\n  tag: 1.30.3\n  components:\n    pilot:\n      k8s:\n{}",
      k8s);
}

std::string overlay(std::string_view kind, std::string_view path, std::string_view value) {
  return istio_operator(
      fmt::format("        overlays:\n          - kind: {}\n            name: istiod\n"
                  "            patches:\n              - path: {}\n                value: {}\n",
                  kind, path, value));
}

}  // namespace

TEST_CASE("a folder of a repository is Istio's chart only where helm renders it") {
  const auto source = [](std::string_view more) {
    return fmt::format(
        "     repoURL: https://x/gitops\n     path: infra/istiod\n     targetRevision: main\n{}",
        more);
  };
  const auto spec = [&](std::string_view more) {
    return fmt::format(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a}}\nspec:\n"
        "  source:\n{}  destination: {{namespace: istio-system}}\n",
        source(more));
  };
  CHECK(planes(spec("")).empty());
  CHECK(planes(spec("     kustomize: {images: [a]}\n")).empty());
  // Its own defaults are not Istio's, and an umbrella chart's values stand below the dependency.
  const auto one = planes(spec("     helm: {valuesObject: {istiod: {revision: r1}}}\n"));
  REQUIRE(one.size() == 1);
  CHECK(one[0]["revision"] == "r1");
  CHECK_FALSE(fires(spec("     helm: {valuesObject: {istiod: {revision: r1}}}\n"), "MC201"));
  CHECK(fires(spec("     helm: {valuesObject: {istiod: {autoscaleMin: 1, autoscaleMax: 5,\n"
                   "      autoscaleEnabled: true, replicaCount: 1}}}\n"),
              "MC201"));
}

TEST_CASE(
    "a HelmRelease from a repository's folder, or with files of its chart, is not known whole") {
  CHECK(fires(release("chart: istiod, version: 1.30.3", "revision: r1"), "MC201"));
  CHECK_FALSE(fires(release("chart: ./charts/istiod, sourceRef: {kind: GitRepository, name: g}",
                            "istiod: {revision: r1}"),
                    "MC201"));
  CHECK_FALSE(fires(release("chart: istiod, version: 1.30.3, valuesFiles: [values.yaml, big.yaml]",
                            "revision: r1"),
                    "MC201"));
}

TEST_CASE("a post-renderer may change the kinds that it patches, and no others") {
  const auto patched = [](std::string_view kind) {
    return release("chart: istiod, version: 1.30.3", "revision: r1",
                   fmt::format("  postRenderers:\n    - kustomize:\n        patches:\n"
                               "          - target: {{kind: {}}}\n            patch: ''\n",
                               kind));
  };
  CHECK_FALSE(fires(patched("HorizontalPodAutoscaler"), "MC201"));
  CHECK(fires(patched("HorizontalPodAutoscaler"), "MC103"));
  CHECK_FALSE(fires(patched("Deployment"), "MC103"));
  CHECK(fires(patched("Service"), "MC201"));
}

TEST_CASE("a patch without a target says inside itself what it is for") {
  const auto patched = [](std::string_view patch) {
    return release("chart: istiod, version: 1.30.3", "revision: r1",
                   fmt::format("  postRenderers:\n    - kustomize:\n        patches:\n"
                               "          - patch: |\n{}",
                               patch));
  };
  const std::string scaler = patched(
      "              apiVersion: autoscaling/v2\n              kind: HorizontalPodAutoscaler\n"
      "              metadata: {name: istiod}\n              spec: {minReplicas: 2}\n");
  CHECK_FALSE(fires(scaler, "MC201"));
  CHECK(fires(scaler, "MC103"));
  // One for two objects.
  CHECK_FALSE(fires(patched("              kind: Service\n              ---\n              kind: "
                            "HorizontalPodAutoscaler\n              spec: {minReplicas: 3}\n"),
                    "MC201"));
  // A JSON patch has no kind.
  CHECK_FALSE(fires(patched("              - {op: remove, path: /spec}\n"), "MC103"));
  CHECK(fires(patched("              kind: Service\n"), "MC103"));
}

TEST_CASE("a file parameter and a templatePatch hide what they set") {
  const std::string chart =
      "     chart: istiod\n     targetRevision: 1.30.3\n"
      "     helm: {fileParameters: [{name: autoscaleMin, path: min.txt}]}\n";
  CHECK_FALSE(fires(application(chart.substr(0, chart.find("     helm")), "ApplicationSet") +
                        "  templatePatch: |\n    spec: {source: {helm: {}}}\n",
                    "MC201"));
  CHECK(fires(application(chart.substr(0, chart.find("     helm")), "ApplicationSet") +
                  "  templatePatch: |\n    spec: {syncPolicy: {}}\n",
              "MC201"));
  const std::string plain =
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n"
      "  source:\n" +
      chart + "  destination: {namespace: istio-system}\n";
  CHECK_FALSE(fires(plain, "MC201"));
  CHECK(fires(plain, "MC103"));
}

TEST_CASE("an overlay of values lies over its base with keys that the base lacks") {
  const test::TemporaryFolder folder;
  folder.write("values.yaml",
               "revision: r1\nautoscaleMin: 2\nmeshConfig: {}\nglobal: {tag: 1.30.3}\n");
  folder.write("values-prod.yaml", "resources: {limits: {memory: 512Mi}}\n");
  folder.write("values-ztunnel.yaml", "resources: {limits: {memory: 256Mi}}\n");
  const std::string out = audit(folder, "MC103");
  CHECK(out.find("512Mi") != std::string::npos);
  CHECK(out.find("256Mi") == std::string::npos);
}

TEST_CASE("environments of one repository are meshes of their own, two revisions are one") {
  const auto both = [](const std::string& one, const std::string& other,
                       const std::function<std::string(std::string_view)>& text) {
    const test::TemporaryFolder folder;
    folder.write(one, text("revision: 1-31-0, autoscaleMin: 2, meshConfig: {}"));
    folder.write(other, text("revision: 1-30-3, autoscaleMin: 3, meshConfig: {}"));
    return audit(folder, "MC320").find("[MC320]") != std::string::npos;
  };
  const auto values = [](std::string_view text) { return fmt::format("{{{}}}\n", text); };
  const auto flux = [](std::string_view text) { return release("chart: istiod", text); };
  CHECK_FALSE(both("envs/dev/values.yaml", "envs/prod/values.yaml", values));
  CHECK_FALSE(both("values-dev.yaml", "values-prod.yaml", values));
  CHECK_FALSE(both("a/istiod.yaml", "b/istiod.yaml", flux));
  CHECK(both("values-canary.yaml", "values-stable.yaml", values));
  CHECK(both("envs/prod/values-new.yaml", "envs/prod/values-old.yaml", values));
}

TEST_CASE("a cluster whose istiod runs elsewhere has the webhooks of its revision") {
  const std::string name_space =
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {istio-injection: "
      "enabled}}\n";
  const std::string remote =
      "profile: remote\nistiodRemote: {injectionURL: 'https://x/inject'}\nmeshConfig: {}\n";
  CHECK_FALSE(fires(remote + name_space, "MC307"));
  CHECK(fires("revision: r1\nrevisionTags: [prod]\n" + remote + name_space, "MC307"));
}

TEST_CASE("an image by digest has no version, whatever global.tag says") {
  const std::string rest = "global: {tag: 1.29.1}\nrevision: 1-30-3\nmeshConfig: {}\n";
  CHECK(fires("image: x/pilot:1.29.1\n" + rest, "MC313"));
  CHECK_FALSE(fires("image: x/pilot@sha256:abc\n" + rest, "MC313"));
  CHECK_FALSE(fires("image: x/pilot\n" + rest, "MC315"));
}

TEST_CASE("Sail's revision without a version is known to the operator only") {
  const std::string istio =
      "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\n"
      "spec: {namespace: istio-system, updateStrategy: {type: RevisionBased}}\n"
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: c, labels: {istio.io/rev: "
      "default-v1-30-3}}\n";
  CHECK_FALSE(fires(istio, "MC303"));
  CHECK_FALSE(fires(istio, "MC301"));
}

TEST_CASE("a label that an overlay adds counts where the pods are selected by it") {
  const auto labelled = [](std::string_view path, std::string_view value) {
    return istio_operator(
        fmt::format("        affinity:\n          podAntiAffinity:\n"
                    "            requiredDuringSchedulingIgnoredDuringExecution:\n"
                    "              - topologyKey: topology.kubernetes.io/zone\n"
                    "                labelSelector: {{matchLabels: {{mesh.io/tier: core}}}}\n"
                    "        hpaSpec: {{minReplicas: 2}}\n"
                    "        overlays:\n          - kind: Deployment\n            name: istiod\n"
                    "            patches:\n              - path: spec.template.metadata.labels{}\n"
                    "                value: {}\n",
                    path, value));
  };
  CHECK_FALSE(fires(labelled(".mesh\\.io/tier", "core"), "MC210"));
  CHECK(fires(labelled(".mesh\\.io/tier", "edge"), "MC210"));
  CHECK(fires(labelled(".other", "core"), "MC210"));
  // All labels at once, or a mapping below them: nothing is known.
  CHECK_FALSE(fires(labelled("", "{a: b}"), "MC210"));
  CHECK_FALSE(fires(labelled(".mesh.io/tier", "core"), "MC210"));
  // A budget finds the pods by the same label.
  const std::string budget =
      "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
      "metadata: {name: mine, namespace: istio-system}\n"
      "spec: {maxUnavailable: 1, selector: {matchLabels: {mesh.io/tier: core}}}\n";
  CHECK(fires(labelled(".mesh\\.io/tier", "edge") + budget, "MC207"));
  CHECK_FALSE(fires(labelled(".mesh\\.io/tier", "core") + budget, "MC207"));
}

TEST_CASE("an IstioOperator's metrics are read as an HPA's") {
  const auto target = [](std::string_view metrics) {
    return planes(istio_operator(
        fmt::format("        hpaSpec: {{metrics: [{}]}}\n", metrics)))[0]["hpa"]["cpuTarget"];
  };
  const std::string two =
      "{type: Resource, resource: {name: cpu, target: {averageUtilization: 80}}},"
      "{type: Resource, resource: {name: cpu, target: {averageUtilization: 50}}}";
  CHECK(target(two) == 50);
  CHECK(target("{type: Resource, resource: {name: cpu, target: {averageValue: 250m}}}") == 50);
  CHECK(target("{type: ContainerResource, containerResource: {name: cpu, container: other,"
               " target: {averageUtilization: 50}}}")
            .is_null());
}

TEST_CASE("an overlay's path is read in each of its spellings") {
  const std::string at = "spec.template.spec.containers";
  for (const char* path :
       {"[name:discovery].resources.limits.memory", ".[name:discovery].resources.limits.memory",
        ".[0].resources.limits.memory"}) {
    INFO(path);
    CHECK(fires(overlay("Deployment", "'" + at + path + "'", "4Gi"), "MC103") == false);
    CHECK(fires(overlay("Deployment", "'" + at + path + "'", "512Mi"), "MC103"));
  }
  CHECK_FALSE(
      fires(overlay("Deployment", "'" + at + ".[0].resources.limits'", "{memory: 4Gi}"), "MC103"));
  CHECK_FALSE(fires(overlay("Deployment", at, "[]"), "MC103"));
  CHECK_FALSE(fires(overlay("HorizontalPodAutoscaler", "spec", "{minReplicas: 3}"), "MC201"));
  CHECK(fires(overlay("Deployment", "spec.template.metadata.labels.x", "y"), "MC103"));
}

TEST_CASE("no label keeps pods apart that nothing selects by") {
  const auto labelled = [](std::string_view label) {
    return istio_operator(fmt::format(
        "        hpaSpec: {{minReplicas: 2, maxReplicas: 5}}\n        overlays:\n"
        "          - kind: Deployment\n            name: istiod\n            patches:\n"
        "              - path: spec.template.metadata.labels.{}\n                value: y\n",
        label));
  };
  CHECK(fires(labelled("example\\.com/team"), "MC210"));
  CHECK(fires(labelled("app"), "MC210"));
}

TEST_CASE("a value of another kind than the chart reads is not known, rather than absent") {
  const std::string rest = "revision: r1\nmeshConfig: {}\nglobal: {tag: 1.30.3}\n";
  CHECK(fires(rest, "MC103"));
  CHECK_FALSE(fires("resources: {limits: {memory: [4Gi]}}\n" + rest, "MC103"));
  CHECK_FALSE(fires("autoscaleMin: {a: 1}\n" + rest, "MC201"));
}

TEST_CASE("what lies below the profile by hand counts as a default") {
  const std::string yaml =
      "_internal_defaults_do_not_set: {autoscaleMin: 4}\nmeshConfig: {}\nrevision: r1\n"
      "global: {tag: 1.30.3}\n";
  CHECK_FALSE(fires(yaml, "MC201"));
}

TEST_CASE("the demo profile with every mark overridden is none") {
  const std::string demo = "profile: demo\nglobal: {tag: 1.30.3";
  CHECK(fires(demo + "}\nmeshConfig: {}\n", "MC109"));
  CHECK_FALSE(fires(demo +
                        ", proxy: {resources: {requests: {cpu: 100m, memory: 128Mi}}}}\n"
                        "traceSampling: 1\nmeshConfig: {accessLogFile: ''}\n"
                        "pilot: {traceSampling: 1, resources: {requests: {cpu: 1, memory: 2Gi}}}\n",
                    "MC109"));
}

TEST_CASE("a fix never lowers the replicas that the user wrote") {
  const auto diff = [](std::string_view yaml) {
    const test::TemporaryFolder folder;
    folder.write("values.yaml", yaml);
    return test::run_in(folder, {"audit", ".", "--select", "MC201,MC202", "--diff"}).out;
  };
  const std::string off = diff(
      "autoscaleMax: 0\nautoscaleMin: 3\nreplicaCount: 3\nmeshConfig: {}\nrevision: r1\n"
      "global: {tag: 1.30.3}\n");
  CHECK(off.find("autoscaleMin: 2") == std::string::npos);
  CHECK(off.find("autoscaleMax: 5") != std::string::npos);
  const std::string ignored =
      diff("autoscaleMin: 4\nmeshConfig: {}\nrevision: r1\nglobal: {tag: 1.23.4}\n");
  CHECK(ignored.find("+  autoscaleMin: 4") != std::string::npos);
}

TEST_CASE("a fix reaches an IstioRevision") {
  const test::TemporaryFolder folder;
  folder.write(
      "in.yaml",
      "apiVersion: sailoperator.io/v1\nkind: IstioRevision\nmetadata: {name: canary}\n"
      "spec:\n  version: v1.30.3\n  namespace: istio-system\n  values:\n    revision: canary\n");
  const auto ran = test::run_in(folder, {"audit", "in.yaml", "--select", "MC201", "--diff"});
  CHECK(ran.out.find("autoscaleMin: 2") != std::string::npos);
}

TEST_CASE("two installations that claim one tag disagree") {
  const auto claim = [](std::string_view tag) {
    return istio_operator("        env: []\n") +
           "  revision: 1-30-3\n  values: {revisionTags: [prod]}\n" +
           "---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: b}\n"
           "spec: {tag: 1.31.0, revision: 1-31-0, values: {revisionTags: [" +
           std::string(tag) + "]}}\n";
  };
  CHECK(fires(claim("prod"), "MC305"));
  CHECK_FALSE(fires(claim("canary"), "MC305"));
}

TEST_CASE("matchConditions may keep apart what both selectors select") {
  const auto webhook = [](std::string_view name, std::string_view conditions) {
    return fmt::format(
        "---\napiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\n"
        "metadata: {{name: istio-sidecar-injector-{0}, labels: {{istio.io/rev: {0}}}}}\nwebhooks:\n"
        "  - name: namespace.sidecar-injector.istio.io\n"
        "    clientConfig: {{service: {{name: istiod-{0}, namespace: istio-system}}}}\n"
        "    namespaceSelector: {{matchLabels: {{istio-injection: enabled}}}}\n{1}",
        name, conditions);
  };
  constexpr std::string_view kConditions =
      "    matchConditions: [{name: half, expression: has(object.metadata.labels.a)}]\n";
  CHECK(fires(webhook("a", "") + webhook("b", ""), "MC308"));
  CHECK_FALSE(fires(webhook("a", kConditions) + webhook("b", ""), "MC308"));
}

TEST_CASE("a Job's pods carry the labels of its controller") {
  const std::string yaml =
      "global: {tag: 1.26.4}\nmeshConfig: {}\nsidecarInjectorWebhook:\n  neverInjectSelector:\n"
      "    - matchExpressions: [{key: job-name, operator: Exists}]\n"
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x, labels: {istio-injection: "
      "enabled}}\n"
      "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: x}\n"
      "spec: {template: {spec: {containers: [{name: a, image: 'a:1'}]}}}\n";
  const test::TemporaryFolder folder;
  folder.write("in.yaml", yaml);
  const auto ran = test::run_in(folder, {"inspect", "in.yaml", "-o", "json"});
  CHECK(json::parse(ran.out)["workloads"][0]["injected"] == false);
}

TEST_CASE("a LimitRange's ratio refuses a sidecar whose limit is far above its request") {
  const auto yaml = [](std::string_view ratio) {
    return fmt::format(
        "global: {{tag: 1.30.3}}\nmeshConfig: {{}}\n"
        "---\napiVersion: v1\nkind: Namespace\n"
        "metadata: {{name: x, labels: {{istio-injection: enabled}}}}\n"
        "---\napiVersion: v1\nkind: LimitRange\nmetadata: {{name: l, namespace: x}}\n"
        "spec: {{limits: [{{type: Container, maxLimitRequestRatio: {{cpu: '{}'}}}}]}}\n"
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w, namespace: x}}\n"
        "spec: {{selector: {{matchLabels: {{a: b}}}}, template: {{metadata: {{labels: {{a: b}}}},\n"
        "  spec: {{containers: [{{name: a, image: 'a:1'}}]}}}}}}\n",
        ratio);
  };
  CHECK(fires(yaml("4"), "MC408"));
  CHECK_FALSE(fires(yaml("20"), "MC408"));
}

TEST_CASE("a release of the gateway chart without resources runs a bare proxy") {
  std::string gateway = release("chart: gateway, version: 1.30.3", "resources: null");
  CHECK(fires(gateway, "MC406"));
  gateway.replace(gateway.find("resources: null"), 15, "replicaCount: 2");
  CHECK_FALSE(fires(gateway, "MC406"));
}
