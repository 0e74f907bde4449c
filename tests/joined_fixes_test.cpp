// What the findings of one cause say together of replicas and budgets: each part reaches what
// decides, and none contradicts another.
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "engine/merge_patches.h"
#include "support/run_in.h"
#include "support/temporary_folder.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

constexpr std::string_view kChart = "meshConfig: {}\nrevision: default\n";
constexpr std::string_view kOff = "autoscaleEnabled: false\n";

constexpr std::string_view kIstiod =
    "---\napiVersion: apps/v1\nkind: Deployment\n"
    "metadata: {name: istiod, namespace: istio-system}\nspec:\n"
    "  selector: {matchLabels: {app: istiod}}\n  template:\n"
    "    metadata: {labels: {app: istiod, istio.io/rev: default}}\n    spec:\n"
    "      containers: [{name: discovery, image: 'istio/pilot:1.30.3'}]\n";

std::string hpa(std::string_view name) {
  return "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: " +
         std::string(name) +
         ", namespace: istio-system}\nspec:\n  scaleTargetRef: {kind: Deployment, name: istiod}\n"
         "  minReplicas: 1\n  maxReplicas: 2\n";
}

constexpr std::string_view kPaused =
    "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
    "metadata: {name: keda, namespace: istio-system,\n"
    "           annotations: {autoscaling.keda.sh/paused-replicas: '1'}}\nspec:\n"
    "  scaleTargetRef: {name: istiod}\n  minReplicaCount: 3\n  maxReplicaCount: 6\n"
    "  triggers: [{type: prometheus, metadata: {query: up}}]\n";

constexpr std::string_view kStrict =
    "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
    "metadata: {name: mine, namespace: istio-system}\n"
    "spec: {minAvailable: 2, selector: {matchLabels: {app: istiod}}}\n";

struct Input {
  std::string values;
  std::string objects;
  std::string parameters;
};

test::Ran run(const test::TemporaryFolder& folder, const Input& input,
              std::vector<std::string> more) {
  if (!input.values.empty()) folder.write("in/values.yaml", input.values);
  if (!input.objects.empty()) folder.write("in/objects.yaml", input.objects);
  folder.write("conf.yaml", "version: 1\nparameters: {" + input.parameters + "}\n");
  std::vector<std::string> args = {"audit", "in", "--config", "conf.yaml"};
  args.insert(args.end(), more.begin(), more.end());
  return test::run_in(folder, args);
}

// The fix of the finding of `rule`.
json fix_of(const Input& input, const std::string& rule, const std::string& select) {
  const test::TemporaryFolder folder;
  const test::Ran ran = run(folder, input, {"--select", select, "-o", "json"});
  INFO(ran.out + ran.err);
  const json report = json::parse(ran.out);
  for (const json& finding : report["findings"]) {
    if (finding["rule"] == rule) return finding["fix"];
  }
  FAIL("no finding of " + rule);
  return {};
}

std::string part(const json& fix, const char* key) {
  return fix[key].is_string() ? fix[key].get<std::string>() : std::string();
}

std::string diff(const Input& input, const std::string& select) {
  const test::TemporaryFolder folder;
  const test::Ran ran = run(folder, input, {"--select", select, "--diff", "--unsafe-fixes"});
  return ran.out + ran.err;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

std::string with(std::string_view a, std::string_view b, std::string_view c = {}) {
  return std::string(a).append(b).append(c);
}

}  // namespace

TEST_CASE("patches of one object are one document with the larger range") {
  const std::string head = "apiVersion: x/v1\nkind: Scaler\nmetadata:\n  name: a\nspec:\n";
  CHECK(
      merge_patches(head + "  minReplicas: 4\n  maxReplicas: 8\n", head + "  maxReplicas: 10\n") ==
      head + "  minReplicas: 4\n  maxReplicas: 10\n");
  CHECK(merge_patches(head + "  minReplicas: 4\n",
                      head + "  minReplicas: 2\n  metrics:\n    - a\n") ==
        head + "  minReplicas: 4\n  metrics:\n    - a\n");
  const std::string other = "apiVersion: x/v1\nkind: Scaler\nmetadata:\n  name: b\nspec:\n  a: 1\n";
  CHECK(merge_patches(head + "  a: 1\n", other) == head + "  a: 1\n---\n" + other);
  CHECK(merge_patches(head + "  a: 1\n", head + "  a: 2\n") == head + "  a: 1\n");
  // Lists and mappings that differ are not ours to mix.
  CHECK(merge_patches(head + "  a:\n    b: 1\n", head + "  c: 1\n  a:\n    d: 1\n") ==
        head + "  a:\n    b: 1\n  c: 1\n---\n" + head + "  a:\n    d: 1\n");
  CHECK(merge_patches("", head + "  a: 1\n") == head + "  a: 1\n");
  const std::string fixed =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 2\n";
  const std::string scaler =
      "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: a\nspec:\n"
      "  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: a\n";
  CHECK(merge_patches(fixed, scaler) == scaler);
}

TEST_CASE("an autoscaler that is turned on has room over its minimum") {
  const Input low{with(kChart, kOff, "autoscaleMax: 1\n"), {}, {}};
  CHECK(has(diff(low, "MC201"), "autoscaleMax: 5"));
  CHECK(has(part(fix_of(low, "MC201", "MC201"), "values"), "autoscaleMax: 5"));
  const Input high{with(kChart, kOff, "autoscaleMax: 20\n"), {}, {}};
  CHECK_FALSE(has(diff(high, "MC201,MC202"), "-autoscaleMax: 20"));
  const Input six{with(kChart, kOff), {}, "MC201: {min-replicas: 6}"};
  const std::string values = part(fix_of(six, "MC201", "MC201,MC202"), "values");
  CHECK(has(values, "autoscaleMin: 6"));
  CHECK(has(values, "autoscaleMax: 12"));
}

TEST_CASE("what the values ask for is kept, printed and made alike") {
  const Input three{with(kChart, kOff, "autoscaleMin: 3\nautoscaleMax: 10\n"), {}, {}};
  const std::string values = part(fix_of(three, "MC201", "MC201,MC202"), "values");
  CHECK(has(values, "autoscaleMin: 3"));
  CHECK(has(values, "autoscaleMax: 10"));
  CHECK_FALSE(has(diff(three, "MC201,MC202"), "-autoscaleM"));
}

TEST_CASE("several findings about one autoscaler change it once") {
  const Input input{
      {}, with(kIstiod, hpa("istiod")), "MC201: {min-replicas: 4}, MC203: {max-replicas: 10}"};
  const std::string patch = part(fix_of(input, "MC201", "MC201,MC203,MC207"), "patch");
  INFO(patch);
  CHECK(count(patch, "kind: HorizontalPodAutoscaler") == 1);
  CHECK(has(patch, "minReplicas: 4\n  maxReplicas: 10\n"));
  CHECK(has(patch, "kind: PodDisruptionBudget"));
}

TEST_CASE("a budget beside the chart keeps its patch where the replicas are the values'") {
  const Input input{with(kChart, "autoscaleMax: 1\n"), std::string(kStrict), {}};
  const json alone = fix_of(input, "MC208", "MC208");
  CHECK(has(part(alone, "patch"), "minAvailable: 1"));
  CHECK(has(part(alone, "description"), "autoscaleMin: 2, autoscaleMax: 5"));
  const json joined = fix_of(input, "MC201", "MC201,MC208");
  CHECK(has(part(joined, "patch"), "minAvailable: 1"));
  CHECK(has(part(joined, "values"), "autoscaleMin: 2"));
}

TEST_CASE("settings of a folded finding leave the patch of the autoscaler beside the chart") {
  for (const char* version : {"1.27.1", "1.30.3"}) {
    INFO(version);
    const std::string global = "global: {tag: " + std::string(version) +
                               ", defaultPodDisruptionBudget: {enabled: false}}\n";
    const Input input{with(kChart, kOff, global), hpa("mine"), {}};
    const json joined = fix_of(input, "MC201", "MC201,MC207");
    CHECK(has(part(joined, "patch"), "minReplicas: 2"));
    CHECK(has(part(joined, "patch"), "kind: PodDisruptionBudget"));
    // Two replicas are there already: the setting of the one beside the patch of the other.
    std::string two = hpa("mine");
    two.replace(two.find("minReplicas: 1"), 14, "minReplicas: 2");
    const Input four{input.values, two, "MC201: {min-replicas: 4}"};
    CHECK(has(part(fix_of(four, "MC201", "MC201,MC207"), "patch"), "minReplicas: 4"));
  }
}

TEST_CASE("no budget is offered for a pod that KEDA holds alone") {
  for (const char* version : {"1.27.1", "1.30.3"}) {
    const std::string global = "global: {tag: " + std::string(version) +
                               ", defaultPodDisruptionBudget: {enabled: false}}\n";
    const json fix =
        fix_of({with(kChart, kOff, global), std::string(kPaused), {}}, "MC207", "MC207");
    INFO(fix.dump(1));
    CHECK(part(fix, "patch").empty());
    CHECK(part(fix, "values").empty());
    CHECK(has(part(fix, "description"), "paused-replicas"));
  }
}

TEST_CASE("a gateway's maximum is raised with its minimum") {
  const std::string release =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
      "metadata: {name: edge, namespace: istio-ingress}\nspec:\n"
      "  chart: {spec: {chart: gateway, version: 1.30.3}}\n  values:\n    autoscaling: ";
  const auto patch = [&](const std::string& autoscaling, const std::string& parameters) {
    return part(fix_of({{}, release + autoscaling + "\n", parameters}, "MC211", "MC211"), "patch");
  };
  CHECK(has(patch("{minReplicas: 1, maxReplicas: 1}", ""), "minReplicas: 2\n      maxReplicas: 5"));
  CHECK_FALSE(has(patch("{minReplicas: 1}", ""), "maxReplicas"));
  const std::string six = "MC211: {min-replicas: 6}";
  CHECK(has(patch("{minReplicas: 1}", six), "minReplicas: 6\n      maxReplicas: 12"));
  CHECK(has(patch("{enabled: false}", six), "minReplicas: 6\n      maxReplicas: 12"));
  const std::string operators =
      "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n"
      "metadata: {name: mesh, namespace: istio-system}\nspec:\n  tag: 1.30.3\n"
      "  values: {gateways: {istio-ingressgateway: {autoscaleEnabled: false}}}\n";
  CHECK(has(part(fix_of({{}, operators, six}, "MC211", "MC211"), "patch"),
            "autoscaleMin: 6\n        autoscaleMax: 12"));
}

TEST_CASE("a fix without patch or values says so") {
  const std::string said = diff({{}, with(kIstiod, kPaused), {}}, "MC201");
  CHECK(has(said, "it has no patch: see the help"));
  CHECK_FALSE(has(said, "not in the input"));
}
