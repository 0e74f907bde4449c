// What the user says of budgets and nodes, against what sidecars request: MC407 and MC408.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "meshcheck/rule.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

constexpr const char* kMesh = R"(
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: mesh, namespace: istio-system}
spec: {tag: 1.30.3}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled, squad: payments}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 10
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
)";

struct Outcome {
  std::vector<std::string> messages;
  int judged = 0;
};

Outcome run(const char* id, const Settings& settings, const std::string& more = {},
            bool complete = false) {
  BuildOptions options;
  options.complete = complete;
  options.settings = &settings;
  const test::YamlMesh mesh(std::string(kMesh) + more, options);
  const Rule* rule = find_rule(id);
  REQUIRE(rule != nullptr);
  Sink sink(rule->info);
  rule->check(*mesh, Parameters(rule->info, {}), sink);
  Outcome outcome;
  for (const Finding& finding : sink.findings()) outcome.messages.push_back(finding.message);
  outcome.judged = sink.judged_count();
  return outcome;
}

}  // namespace

TEST_CASE("a namespace's sidecars are held against its budget, replica by replica") {
  Settings settings;
  settings.budgets.push_back(
      {.name_space = "shop", .team = {}, .cpu = Quantity::parse("900m"), .memory = {}});
  CHECK(run("MC407", settings).messages ==
        std::vector<std::string>{
            "sidecars of namespace shop request 1000m of cpu, over a budget of 900m"});
  settings.budgets.front().cpu = Quantity::parse("1");
  const Outcome enough = run("MC407", settings);
  CHECK(enough.messages.empty());
  CHECK(enough.judged == 1);
}

TEST_CASE("a team's namespaces are those that carry its label") {
  Settings settings;
  settings.team_label = "squad";
  settings.budgets.push_back(
      {.name_space = {}, .team = "payments", .cpu = {}, .memory = Quantity::parse("1Gi")});
  CHECK(run("MC407", settings).messages ==
        std::vector<std::string>{
            "sidecars of team payments request 1280Mi of memory, over a budget of 1Gi"});
}

TEST_CASE("without a budget there is nothing to judge") {
  CHECK(run("MC407", Settings{}).judged == 0);
}

TEST_CASE("nodes that cannot hold the sidecars alone are too few") {
  Settings settings;
  settings.nodes =
      NodeCapacity{.cpu = Quantity::parse("450m"), .memory = Quantity::parse("16Gi"), .count = 2};
  CHECK(run("MC408", settings).messages ==
        std::vector<std::string>{
            "all sidecars together request 1000m of CPU, more than 2 nodes of 450m hold"});
  settings.nodes->count = 3;
  CHECK(run("MC408", settings).messages.empty());
}

TEST_CASE("the Nodes of the input tell what they can allocate together") {
  const std::string node =
      "---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\n"
      "status: {allocatable: {cpu: 450m, memory: 8Gi}}\n";
  const std::string other =
      "---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\n"
      "status: {allocatable: {cpu: 500m, memory: 8Gi}}\n";
  CHECK(run("MC408", {}, node + other, true).messages ==
        std::vector<std::string>{
            "all sidecars together request 1000m of CPU, more than 2 nodes of 950m together hold"});
  // Those of a file may be picked from many, and of one without a status nothing is known.
  CHECK(run("MC408", {}, node + other).judged == 0);
  const std::string bare = "---\napiVersion: v1\nkind: Node\nmetadata: {name: c}\n";
  CHECK(run("MC408", {}, node + other + bare, true).judged == 0);
  // A control plane's Node takes no workload.
  const std::string control =
      "---\napiVersion: v1\nkind: Node\nmetadata: {name: d}\nspec: {taints: [{key: "
      "node-role.kubernetes.io/control-plane, effect: NoSchedule}]}\n"
      "status: {allocatable: {cpu: 8, memory: 8Gi}}\n";
  CHECK(run("MC408", {}, node + other + control, true).messages.size() == 1);
  CHECK(run("MC408", {}, control, true).judged == 0);
  // One that takes no more, or some only, runs what it has.
  const std::string cordoned =
      "---\napiVersion: v1\nkind: Node\nmetadata: {name: e}\nspec: {unschedulable: true, taints: "
      "[{key: team, value: shop, effect: NoSchedule}]}\n"
      "status: {allocatable: {cpu: 8, memory: 8Gi}}\n";
  CHECK(run("MC408", {}, node + other + cordoned, true).messages.empty());
}
