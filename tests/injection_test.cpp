// Which webhook calls which injector for a pod, and what the injector decides: Istio's own cases
// from the shared corpus.
#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "mesh/label_selector.h"
#include "mesh/read_injection.h"
#include "support/golden.h"
#include "support/shared_corpus.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

std::string corpus() {
  const auto folder = test::shared_corpus("revision");
  return folder ? folder->string() + "/" : std::string();
}

json cases() {
  std::ifstream in(corpus() + "cases.json");
  return json::parse(in);
}

// The mesh of the row's webhooks, alone.
std::string webhooks_of(const json& row) {
  std::string text;
  for (const json& file : row["webhook_files"]) {
    text += "---\n" + test::read_file(corpus() + file.get<std::string>()) + "\n";
  }
  return text;
}

struct Labels {
  test::YamlText name_space;
  test::YamlText pod;
  explicit Labels(const json& row)
      : name_space(row["namespace_labels"].dump()), pod(row["pod_labels"].dump()) {}
};

// istioctl's English, as our own words.
std::string reason_of(const std::string& english) {
  const auto says = [&](std::string_view part) { return english.find(part) != std::string::npos; };
  if (says("deactivated")) return "deactivated";
  if (says("No matching")) return "no-match";
  if (says("Namespace has istio-injection")) return "namespace-opt-out";
  if (says("Pod has sidecar.istio.io/inject")) return "pod-opt-out";
  if (says("Pod has istio.io/rev")) return "other-revision";
  if (says("Namespace label") && says("pod label")) return "both-labels";
  return says("Namespace label") ? "namespace-label" : "pod-label";
}

}  // namespace

TEST_CASE("a pod's webhook is the one the API server would call") {
  if (corpus().empty()) return;
  int rows = 0;
  const json all = cases();
  for (const json& row : all["webhook_selector"]) {
    INFO(row.dump());
    const test::YamlMesh mesh(webhooks_of(row));
    const Labels labels(row);
    const PodView pod{
        .labels = labels.pod.root(), .annotations = {}, .name_space = "test-namespace"};
    const auto decision =
        decide(*mesh, LabelSet::of_namespace(labels.name_space.root(), "test-namespace"), pod);
    CHECK(decision.injected == !row["expected_revision"].is_null());
    if (row["expected_revision"].is_string()) {
      CHECK(decision.revision == row["expected_revision"].get<std::string>());
      REQUIRE(decision.webhooks.size() == 1);
      const auto used = std::ranges::find(mesh->injector_webhooks, decision.webhooks.front(),
                                          &InjectorWebhooks::name);
      CHECK(used->service == row["expected_service"].get<std::string>());
    }
    ++rows;
  }
  CHECK(rows == 50);
}

TEST_CASE("each configuration tells why it calls its injector for a pod or does not") {
  if (corpus().empty()) return;
  int verdicts = 0;
  const json all = cases();
  for (const json& row : all["check_inject"]) {
    const test::YamlMesh mesh(webhooks_of(row));
    const Labels labels(row);
    for (const json& expected : row["expected"]) {
      INFO(row["name"].get<std::string>() << " " << expected.dump());
      const auto webhooks = std::ranges::find(
          mesh->injector_webhooks, expected["webhook"].get<std::string>(), &InjectorWebhooks::name);
      REQUIRE(webhooks != mesh->injector_webhooks.end());
      CHECK(webhooks->revision == expected["revision"].get<std::string>());
      const auto verdict = judge(*webhooks, LabelSet::of_namespace(labels.name_space.root(), "ns"),
                                 LabelSet(labels.pod.root()));
      CHECK(verdict.matches == expected["injected"].get<bool>());
      CHECK(to_string(verdict.reason) == reason_of(expected["reason"].get<std::string>()));
      ++verdicts;
    }
  }
  CHECK(verdicts == 27);
}

TEST_CASE("an injector that is called decides by the pod, then selectors, then policy") {
  if (corpus().empty()) return;
  const json all = cases();
  for (const json& row : all["inject_required"]) {
    INFO(row.dump());
    const test::YamlText text(row.dump());
    const Node root = text.root();
    InjectorPolicy policy;
    policy.policy = root["policy"].text();
    for (const Node selector : root["always_inject_selector"].items()) {
      policy.always_inject.push_back(read_selector(selector));
    }
    for (const Node selector : root["never_inject_selector"].items()) {
      policy.never_inject.push_back(read_selector(selector));
    }
    const PodView pod{.labels = root["labels"],
                      .annotations = root["annotations"],
                      .host_network = row["host_network"].get<bool>(),
                      .name_space = root["namespace"].text()};
    CHECK(inject_required(policy, pod).injects == row["inject"].get<bool>());
  }
  CHECK(all["inject_required"].size() == 25);
  for (const json& row : all["injection_disabled"]) {
    INFO(row.dump());
    const test::YamlText text(row.dump());
    CHECK(opts_out(text.root()["labels"], text.root()["annotations"]) ==
          row["disabled"].get<bool>());
  }
}

TEST_CASE("a running pod's revision is the one its status names") {
  if (corpus().empty()) return;
  const json all = cases();
  for (const json& row : all["pod_revision"]) {
    const json pod = {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata",
         {{"name", "web"}, {"labels", row["labels"]}, {"annotations", row["annotations"]}}},
        {"spec", {{"containers", {{{"name", "web"}, {"image", "web:1"}}}}}}};
    const test::YamlMesh mesh(pod.dump());
    REQUIRE(mesh->workloads.size() == 1);
    CHECK(mesh->workloads[0].running_revision == row["revision"].get<std::string>());
  }
}

TEST_CASE("tags are what webhooks and Services call so, with the namespaces that name them") {
  if (corpus().empty()) return;
  const auto document = [](const json& object, const char* api, const char* kind) {
    json whole = {{"apiVersion", api},
                  {"kind", kind},
                  {"metadata", {{"name", object["name"]}, {"labels", object["labels"]}}}};
    return "---\n" + whole.dump() + "\n";
  };
  const json all = cases();
  for (const json& row : all["tag_list"]) {
    INFO(row["name"].get<std::string>());
    std::string text;
    std::map<std::string, std::string> wanted;
    for (const json& webhook : row["webhooks"]) {
      text += document(webhook, "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration");
      const json& labels = webhook["labels"];
      if (labels.contains("istio.io/tag")) wanted[labels["istio.io/tag"]] = labels["istio.io/rev"];
    }
    for (const json& service : row["services"]) {
      text += document(service, "v1", "Service");
      const json& labels = service["labels"];
      if (labels.contains("istio.io/tag")) wanted[labels["istio.io/tag"]] = labels["istio.io/rev"];
    }
    for (const json& name_space : row["namespaces"]) {
      text += document(name_space, "v1", "Namespace");
    }
    const test::YamlMesh mesh(text);
    std::map<std::string, std::string> tags;
    for (const RevisionTag& tag : mesh->tags) {
      tags[tag.name] = tag.revision;
      CHECK(tag.namespaces.size() == row["namespaces"].size());
    }
    CHECK(tags == wanted);
  }
}

namespace {

constexpr std::string_view kCanaryIstiod = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod-1-30-3, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod, istio.io/rev: 1-30-3}}
  template:
    metadata: {labels: {app: istiod, istio.io/rev: 1-30-3, sidecar.istio.io/inject: "false"}}
    spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.30.3"}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: 1-30-3}}
---
apiVersion: v1
kind: Namespace
metadata: {name: legacy, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: mist, labels: {istio.io/dataplane-mode: ambient}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {hostNetwork: true, containers: [{name: web, image: "web:1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: elsewhere}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "api:1"}]}
)";

const InjectionDecision& decision_of(const test::YamlMesh& mesh, std::string_view workload) {
  return std::ranges::find(mesh->workloads, workload, &Workload::name)->decision;
}

}  // namespace

TEST_CASE("an istiod whose webhooks are not in the input has those of its chart") {
  const test::YamlMesh mesh(kCanaryIstiod);
  REQUIRE(mesh->injector_webhooks.size() == 1);
  CHECK(mesh->injector_webhooks[0].object == nullptr);
  CHECK(mesh->find_namespace("shop")->decision.revision == "1-30-3");
  CHECK(mesh->find_namespace("shop")->injection == Namespace::Injection::sidecar);
  CHECK(mesh->find_namespace("legacy")->injection == Namespace::Injection::none);
  CHECK(mesh->find_namespace("mist")->injection == Namespace::Injection::ambient);
  CHECK(decision_of(mesh, "web").reason == InjectionReason::host_network);
  CHECK_FALSE(decision_of(mesh, "api").known());
}

TEST_CASE("in a complete picture a webhook that is not there does not exist") {
  BuildOptions options;
  options.complete = true;
  const test::YamlMesh mesh(kCanaryIstiod, options);
  CHECK(mesh->injector_webhooks.empty());
  CHECK(mesh->find_namespace("shop")->injection == Namespace::Injection::none);
  CHECK(decision_of(mesh, "api").known());
}

TEST_CASE("where no control plane is in the input, labels are taken at their word") {
  const test::YamlMesh mesh(
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {istio.io/rev: stable}}\n");
  CHECK(mesh->namespaces[0].decision.revision == "stable");
  CHECK_FALSE(mesh->revisions_known());
}

TEST_CASE("a webhook that is a URL and names no revision is of the one it asks namespaces for") {
  const test::YamlMesh mesh(R"(
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector-canary-external-istiod}
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    clientConfig: {url: "https://istiod.example:15017/inject/cluster/remote/net/n"}
    namespaceSelector: {matchExpressions: [{key: istio.io/rev, operator: In, values: [canary]}]}
    objectSelector: {}
---
apiVersion: v1
kind: Service
metadata:
  name: istiod-revision-tag-stable
  namespace: mesh
  labels: {istio.io/tag: stable, istio.io/rev: canary}
spec: {selector: {app: istiod}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: canary}}
---
apiVersion: v1
kind: Namespace
metadata: {name: mail, labels: {istio.io/rev: stable}}
)");
  CHECK(mesh->find_namespace("shop")->decision.revision == "canary");
  // A tag that is a Service only, whatever its namespace, injects nothing where webhooks are shown.
  CHECK_FALSE(mesh->find_namespace("mail")->decision.injected);
}

TEST_CASE("a webhook whose rules leave new pods out is never called for one") {
  const auto injected = [](const std::string& rules) {
    const test::YamlMesh mesh(R"(
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector-blue, labels: {istio.io/rev: blue}}
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod-blue, namespace: istio-system}}
    namespaceSelector: {matchExpressions: [{key: istio.io/rev, operator: In, values: [blue]}]}
)" + rules + R"(
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: blue}}
)");
    return mesh->find_namespace("shop")->decision.injected;
  };
  CHECK(injected(""));
  CHECK(injected("    rules: [{operations: [CREATE], resources: [pods]}]"));
  CHECK(injected("    rules: [{operations: [\"*\"], resources: [\"*\"]}]"));
  CHECK(
      injected("    rules: [{operations: [UPDATE], resources: [pods]}, "
               "{operations: [CREATE, UPDATE], resources: [services, pods]}]"));
  CHECK_FALSE(injected("    rules: [{operations: [CREATE], resources: [services]}]"));
  CHECK_FALSE(injected("    rules: [{operations: [UPDATE], resources: [pods]}]"));
  CHECK_FALSE(injected("    rules: []"));
}

TEST_CASE("a template that was injected by hand names the revision that it runs") {
  const std::string pod =
      "metadata: {annotations: {sidecar.istio.io/status: '{\"revision\":\"blue\"}'}}, "
      "spec: {containers: [{name: istio-proxy, image: \"istio/proxyv2:1.30.3\"}]}";
  for (const std::string& workload :
       {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: "
        "{matchLabels: {app: web}}, template: {" +
            pod + "}}\n",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\nspec: {jobTemplate: {spec: "
        "{template: {" +
            pod + "}}}}\n"}) {
    const test::YamlMesh mesh(workload);
    REQUIRE(mesh->workloads.size() == 1);
    CHECK(mesh->workloads[0].running_revision == "blue");
  }
}
