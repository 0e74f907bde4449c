// What a live audit makes of what several istiods say of their proxies and themselves.
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kubeapi/server.h"
#include "support/private_file.h"
#include "support/run_in.h"

using meshcheck::kubeapi::Fault;
using meshcheck::kubeapi::Istiod;
using meshcheck::kubeapi::Server;
using meshcheck::test::contains;
using meshcheck::test::Ran;
using meshcheck::test::run_in;
using meshcheck::test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

constexpr const char* kAfterNoon = "Sun, 22 Nov 2026 12:00:03 GMT";

std::string pod_of_istiod(const std::string& name) {
  return fmt::format(R"(
apiVersion: v1
kind: Pod
metadata: {{name: {}, namespace: istio-system, labels: {{app: istiod, istio.io/rev: default}}}}
spec: {{containers: [{{name: discovery, image: "docker.io/istio/pilot:1.30.1"}}]}}
status: {{phase: Running}}
---
)",
                     name);
}

std::string injected(const std::string& name_space, const std::string& name,
                     const std::string& start) {
  return fmt::format(R"(
apiVersion: v1
kind: Pod
metadata:
  name: {}
  namespace: {}
  creationTimestamp: "{}"
  annotations: {{sidecar.istio.io/status: '{{"containers":["istio-proxy"],"revision":"default"}}'}}
spec:
  containers:
    - {{name: app, image: registry.example/app:1}}
    - {{name: istio-proxy, image: "docker.io/istio/proxyv2:1.30.1"}}
status:
  phase: Running
  startTime: "{}"
  conditions: [{{type: Ready, status: "True"}}]
---
)",
                     name, name_space, start, start);
}

// One proxy a name; what it acknowledged is `acked`, of "b".
std::string syncz(const std::vector<std::pair<std::string, std::string>>& proxies,
                  const char* sent = "12:00:00") {
  std::string all;
  for (const auto& [name, acked] : proxies) {
    all += fmt::format(
        R"({}{{"proxy": "{}", "proxy_type": "sidecar", "istio_version": "1.30.1", "resources":
 {{"type.googleapis.com/envoy.config.cluster.v3.Cluster":
   {{"sent": "b", "acked": "{}", "sentTime": "2026-11-22T{}Z"}}}}}})",
        all.empty() ? "" : ",\n", name, acked, sent);
  }
  return "[" + all + "]";
}

struct Cluster {
  void add(Istiod istiod) {
    server.add(pod_of_istiod(istiod.pod));
    istiod.version = "1.30.1-abcdef-Clean";
    server.add(std::move(istiod));
  }

  Ran audit(const std::vector<std::string>& more) {
    meshcheck::test::write_private(folder, "kubeconfig", server.kubeconfig());
    std::vector<std::string> args = {
        "audit", "--isolated", "--live", "--kubeconfig", folder / "kubeconfig",
        "--now", "2026-11-22", "-o",     "json"};
    args.insert(args.end(), more.begin(), more.end());
    return run_in(folder, args);
  }

  TemporaryFolder folder;
  Server server;
};

std::string reasons(const Json& report) {
  std::string all;
  for (const Json& entry : report.at("notEvaluated")) {
    all +=
        entry.at("rule").get<std::string>() + ": " + entry.at("reason").get<std::string>() + "\n";
  }
  return all;
}

std::string status_of_drift(const Json& report) { return report.at("points").at(6).at("status"); }

}  // namespace

TEST_CASE("looks that lie closer together than the limit do not prove that a proxy is stale") {
  Cluster cluster;
  // istiod sends anew to a proxy that is silent.
  const auto look = [](const char* sent) {
    return syncz({{"a.shop", "b"}, {"b.shop", "b"}, {"c.shop", "b"}, {"web-1.shop", "a"}}, sent);
  };
  const auto audit = [&](const char* sent, const char* later) {
    cluster.add({.pod = "istiod-6b7c9d8f5-aaaaa",
                 .syncz = {look("12:00:00"), look(sent)},
                 .dates = {kAfterNoon, later}});
    return cluster.audit({"--select", "MC701", "--drift-window", "1s"});
  };
  SECTION("fifteen seconds") {
    const Ran ran = audit("12:00:15", "Sun, 22 Nov 2026 12:00:18 GMT");
    INFO(ran.out);
    const Json report = Json::parse(ran.out);
    CHECK(report.at("findings").empty());
    CHECK(contains(reasons(report), "web-1.shop is STALE, which is normal for a moment"));
    CHECK(contains(reasons(report), "--drift-window 60s"));
    CHECK(status_of_drift(report) == "not-evaluated");
  }
  SECTION("a minute") {
    const Ran ran = audit("12:01:00", "Sun, 22 Nov 2026 12:01:03 GMT");
    INFO(ran.out);
    CHECK(contains(ran.out, "proxy web-1.shop is STALE for more than 60 s (CDS)"));
  }
}

TEST_CASE("replicas of a revision are no two moments of one istiod") {
  Cluster cluster;
  for (const auto& [pod, rejects] :
       {std::pair{"istiod-6b7c9d8f5-aaaaa", 3}, std::pair{"istiod-6b7c9d8f5-bbbbb", 900}}) {
    cluster.add({.pod = pod,
                 .metrics = fmt::format("pilot_info{{version=\"1.30.1-abc-Clean\"}} 1\n"
                                        "pilot_total_xds_rejects{{type=\"cds\"}} {}\n",
                                        rejects),
                 .syncz = {"[]"}});
  }
  const Ran ran = cluster.audit({"--select", "MC702", "--drift-window", "0s"});
  INFO(ran.out);
  CHECK_FALSE(contains(ran.out, "between the two samples"));
  const Json report = Json::parse(ran.out);
  REQUIRE(report.at("findings").size() == 2);
  const Json& first = report.at("findings").at(0);
  CHECK(first.at("message") ==
        "proxies of istiod-6b7c9d8f5-aaaaa refused cds 3 times since istiod started; a later audit "
        "tells whether they still do");
  CHECK(first.at("object").at("name") == "istiod-6b7c9d8f5-aaaaa");
  CHECK(first.at("fingerprint") != report.at("findings").at(1).at("fingerprint"));
}

TEST_CASE("one istiod that answers nonsense or nothing does not hide what the others say") {
  Cluster cluster;
  const Istiod stale{.pod = "istiod-6b7c9d8f5-aaaaa",
                     .syncz = {syncz({{"web-1.shop", "a"}, {"web-2.shop", "a"}})},
                     .dates = {"Sun, 22 Nov 2026 12:05:00 GMT"}};
  const Istiod calm{.pod = "istiod-6b7c9d8f5-aaaaa",
                    .syncz = {syncz({{"web-1.shop", "b"}, {"web-2.shop", "b"}})}};
  const Istiod other{.pod = "istiod-6b7c9d8f5-bbbbb", .syncz = {syncz({{"c.shop", "b"}})}};
  Istiod odd = other;
  odd.syncz = {"garbage"};
  const std::vector<std::string> command = {"--select", "MC701,MC702,MC703", "--drift-window",
                                            "0s"};
  const auto refuse = [&] {
    cluster.server.add(Fault{.path = "*bbbbb/portforward*", .times = 0, .status = 403});
  };
  cluster.server.add(injected("shop", "web-1", "2026-11-22T08:00:00Z"));

  SECTION("nonsense, and others are stale") {
    cluster.add(stale);
    cluster.add(odd);
    const Ran ran = cluster.audit(command);
    INFO(ran.err);
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "istiod-6b7c9d8f5-bbbbb"));
    CHECK(contains(ran.out, "2 of 2 proxies are STALE for more than 60 s"));
  }
  SECTION("nonsense, and the others are in sync") {
    cluster.add(calm);
    cluster.add(odd);
    const Ran ran = cluster.audit(command);
    INFO(ran.out);
    CHECK(ran.status == 3);
    const Json report = Json::parse(ran.out);
    CHECK(status_of_drift(report) == "not-evaluated");
    CHECK(contains(reasons(report), "MC701: what istiod-6b7c9d8f5-bbbbb says of its proxies"));
    CHECK(contains(reasons(report), "MC703: what istiod-6b7c9d8f5-bbbbb says of its proxies"));
    CHECK_FALSE(contains(ran.out, "no --proxy-status"));
    CHECK_FALSE(contains(ran.out, "<live"));
  }
  SECTION("nothing") {
    cluster.add(calm);
    cluster.add(other);
    refuse();
    const Ran ran = cluster.audit(command);
    INFO(ran.out);
    CHECK(ran.status == 3);
    CHECK(contains(ran.err, "istiod-6b7c9d8f5-bbbbb did not tell the state of its proxies"));
    CHECK(status_of_drift(Json::parse(ran.out)) == "not-evaluated");
    std::vector<std::string> allowed = command;
    allowed.emplace_back("--allow-incomplete");
    CHECK(cluster.audit(allowed).status == 0);
  }
  SECTION("none may be asked: a right that is optional") {
    cluster.add(other);
    refuse();
    const Ran ran = cluster.audit(command);
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK(status_of_drift(Json::parse(ran.out)) == "not-evaluated");
  }
}

TEST_CASE("a namespace that no istiod knows is found where every istiod was asked") {
  Cluster cluster;
  const auto audit = [&] {
    return Json::parse(cluster.audit({"--select", "MC703", "--drift-window", "0s"}).out);
  };
  cluster.server.add("{apiVersion: v1, kind: Namespace, metadata: {name: payments}}\n");
  cluster.server.add(injected("payments", "pay-1", "2026-11-22T11:55:03Z"));
  cluster.add({.pod = "istiod-6b7c9d8f5-aaaaa",
               .syncz = {syncz({{"web-1.shop", "b"}})},
               .dates = {kAfterNoon}});

  SECTION("a pod") {
    const Json report = audit();
    INFO(reasons(report));
    REQUIRE(report.at("findings").size() == 1);
    CHECK(report.at("findings").at(0).at("object").at("name") == "pay-1");
    CHECK(report.at("findings").at(0).at("severity") == "error");
  }
  SECTION("a pod that has just started is given a minute") {
    cluster.server.add(injected("payments", "pay-1", "2026-11-22T11:59:10Z"));
    const Json report = audit();
    CHECK(report.at("findings").empty());
    CHECK(contains(reasons(report), "pay-1.payments may be younger than 60 s"));
  }
  SECTION("many pods are one finding") {
    for (const char* name : {"pay-2", "pay-3", "pay-4", "pay-5"}) {
      cluster.server.add(injected("payments", name, "2026-11-22T11:00:00Z"));
    }
    const Json report = audit();
    REQUIRE(report.at("findings").size() == 1);
    const Json& finding = report.at("findings").at(0);
    CHECK(contains(finding.at("message").get<std::string>(), "5 pods of namespace payments"));
    CHECK(finding.at("object").at("kind") == "Namespace");
    CHECK(finding.at("object").at("name") == "payments");
  }
  SECTION("an istiod without any proxy has been asked too") {
    cluster.add({.pod = "istiod-6b7c9d8f5-aaaaa", .syncz = {"[]"}, .dates = {kAfterNoon}});
    CHECK(audit().at("findings").size() == 1);
  }
  SECTION("a second istiod that is not asked may know it") {
    cluster.add({.pod = "istiod-6b7c9d8f5-bbbbb", .syncz = {"[]"}, .dates = {kAfterNoon}});
    cluster.server.add(Fault{.path = "*bbbbb/portforward*", .times = 0, .status = 403});
    CHECK(audit().at("findings").empty());
  }
}

TEST_CASE("metrics that tell nothing are not called missing") {
  Cluster cluster;
  cluster.add({.pod = "istiod-6b7c9d8f5-aaaaa", .metrics = "go_goroutines 5\n", .syncz = {"[]"}});
  const Ran ran = cluster.audit({"--select", "MC702,MC705,MC706", "--drift-window", "0s"});
  const std::string said = reasons(Json::parse(ran.out));
  INFO(said);
  CHECK_FALSE(contains(said, "no --metrics"));
  CHECK_FALSE(contains(said, "<live"));
  CHECK(contains(said, "MC706: istiod-6b7c9d8f5-aaaaa tells of no certificate's end"));
}

TEST_CASE("a list that expired again and again is not called whole") {
  Cluster cluster;
  // More than two pages, of which the second is twice as long.
  cluster.server.add(meshcheck::kubeapi::SyntheticPods{.count = 1200, .bytes = 300});
  cluster.server.add(Fault{
      .path = "*/pods?*continue=*", .kind = meshcheck::kubeapi::FaultKind::expired, .times = 2});
  const Ran ran = cluster.audit({"--no-drift", "--select", "MC401"});
  INFO(ran.err);
  const Json report = Json::parse(ran.out);
  CHECK(contains(ran.err, "expired while it was read"));
  for (const Json& list : report.at("clusters").at(0).at("lists")) {
    if (list.at("resource") == "pods") CHECK(list.at("state") == "partial");
  }
}

TEST_CASE("the nodes of a cluster bound what sidecars may request") {
  Cluster cluster;
  cluster.add({.pod = "istiod-6b7c9d8f5-aaaaa", .syncz = {"[]"}});
  cluster.server.add(R"(
apiVersion: v1
kind: Node
metadata: {name: one}
status: {allocatable: {cpu: "1", memory: 1Gi}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector, labels: {app: sidecar-injector, istio.io/rev: default}}
webhooks:
  - name: namespace.sidecar-injector.istio.io
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {istio-injection: enabled}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 11
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {sidecar.istio.io/inject: "true", sidecar.istio.io/proxyCPU: 100m, sidecar.istio.io/proxyMemory: 8Mi}
    spec: {containers: [{name: app, image: registry.example/app:1}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod, istio.io/rev: default}}
    spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.30.1"}]}
)");
  const Ran ran = cluster.audit({"--select", "MC408", "--no-drift"});
  INFO(ran.out);
  CHECK(contains(ran.out,
                 "all sidecars together request 1100m of CPU, more than 1 node of 1000m "
                 "holds"));
}
