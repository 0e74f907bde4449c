// audit --live, snapshot and rbac, from the command line to an API server.
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kubeapi/server.h"
#include "support/private_file.h"
#include "support/run_in.h"

using meshcheck::kubeapi::Fault;
using meshcheck::kubeapi::FaultKind;
using meshcheck::kubeapi::Server;
using meshcheck::test::contains;
using meshcheck::test::Ran;
using meshcheck::test::run_in;
using meshcheck::test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

// The token is searched for in everything that is written.
constexpr const char* kToken = "hushed-token-7f3a9c";

constexpr const char* kObjects = R"(
apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: istiod
  namespace: istio-system
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"password":"hushed-applied"}}'}
spec:
  replicas: 1
  selector: {matchLabels: {app: istiod, istio.io/rev: default}}
  template:
    metadata: {labels: {app: istiod, istio.io/rev: default}}
    spec:
      containers:
        - name: discovery
          image: docker.io/istio/pilot:1.30.1
          env:
            - {name: PILOT_TRACE_SAMPLING, value: "1"}
            - {name: SOME_PASSWORD, value: hushed-env-istiod}
          resources:
            requests: {cpu: 500m, memory: 512Mi}
            limits: {memory: 512Mi}
---
apiVersion: v1
kind: Pod
metadata:
  name: istiod-6b7c9d8f5-abcde
  namespace: istio-system
  labels: {app: istiod, istio.io/rev: default}
spec:
  containers:
    - {name: discovery, image: "docker.io/istio/pilot:1.30.1"}
status:
  phase: Running
  containerStatuses:
    - name: discovery
      restartCount: 3
      lastState: {terminated: {reason: OOMKilled, exitCode: 137, finishedAt: "2026-11-20T09:12:44Z"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1
          command: [run, --password, hushed-argument]
          env: [{name: DATABASE_PASSWORD, value: hushed-env}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    accessLogFile: /dev/stdout
---
apiVersion: v1
kind: Secret
metadata: {name: passwords, namespace: shop}
stringData: {password: hushed-secret}
)";

struct Cluster {
  Cluster() : server({.tokens = {{kToken, {"reader", {}}}}}) { server.add(kObjects); }

  std::string kubeconfig(const TemporaryFolder& folder, const char* name = "kubeconfig") const {
    meshcheck::test::write_private(folder, name, server.kubeconfig(kToken));
    return folder / name;
  }

  Server server;
};

std::vector<std::string> live(const std::string& kubeconfig, std::vector<std::string> more = {}) {
  std::vector<std::string> args = {"audit",        "--isolated",     "--live",
                                   "--kubeconfig", kubeconfig,       "--now",
                                   "2026-11-22",   "--drift-window", "0s"};
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

std::set<std::string> fingerprints(const std::string& report) {
  std::set<std::string> all;
  for (const Json all_of = Json::parse(report); const Json& finding : all_of.at("findings")) {
    all.insert(fmt::format("{} {} {}", finding.at("rule").get<std::string>(),
                           finding.at("fingerprint").get<std::string>(),
                           finding.at("severity").get<std::string>()));
  }
  return all;
}

void check_nothing_secret(const Ran& ran) {
  CHECK_FALSE(contains(ran.out, "hushed"));
  CHECK_FALSE(contains(ran.err, "hushed"));
}

}  // namespace

TEST_CASE("A live audit finds what an audit of the same objects finds") {
  const TemporaryFolder folder;
  const Cluster cluster;
  folder.write("objects.yaml", kObjects);
  const Ran seen = run_in(folder, live(cluster.kubeconfig(folder), {"-o", "json"}));
  const Ran read = run_in(folder, {"audit", "--isolated", "--complete", "--now", "2026-11-22", "-o",
                                   "json", "objects.yaml"});
  CHECK(seen.err == "");
  CHECK(seen.status == 1);
  CHECK(fingerprints(seen.out) == fingerprints(read.out));
  const Json report = Json::parse(seen.out);
  for (const Json& finding : report.at("findings")) {
    CHECK(finding.at("location").is_null());
    CHECK_FALSE(finding.at("logical").is_null());
  }
  CHECK(report.at("clusters").at(0).at("name") == "test");
  CHECK(contains(seen.out, "MC106"));
  check_nothing_secret(seen);
  for (const auto& request : cluster.server.requests()) {
    CHECK(request.method == "GET");
    CHECK_FALSE(contains(request.path, "secrets"));
    CHECK_FALSE(request.path == "/api/v1/configmaps");
  }
}

TEST_CASE("A snapshot is judged as the cluster was, and holds nothing secret") {
  const TemporaryFolder folder;
  const Cluster cluster;
  const std::string kubeconfig = cluster.kubeconfig(folder);
  const Ran saved = run_in(folder, {"snapshot", "-o", "cluster.tar.gz", "--kubeconfig", kubeconfig,
                                    "--drift-window", "0s"});
  CHECK(saved.err == "");
  CHECK(saved.status == 0);
  check_nothing_secret(saved);
  const Ran once = run_in(folder, {"audit", "--isolated", "--snapshot", "cluster.tar.gz"});
  const Ran again = run_in(folder, {"audit", "--isolated", "--snapshot", "cluster.tar.gz"});
  CHECK(once.status == 1);
  CHECK(once.out == again.out);
  CHECK(contains(once.out, "MC106"));
  const Ran seen = run_in(folder, live(kubeconfig, {"-o", "json"}));
  const Ran replayed = run_in(folder, {"audit", "--isolated", "--snapshot", "cluster.tar.gz",
                                       "--now", "2026-11-22", "-o", "json"});
  Json one = Json::parse(seen.out);
  Json other = Json::parse(replayed.out);
  for (Json* report : {&one, &other}) report->at("clusters").at(0).erase("taken");
  CHECK(one == other);
  const Ran unpacked = run_in(folder, {"inspect", "--documents", "cluster.tar.gz"});
  check_nothing_secret(unpacked);
}

TEST_CASE("What may not be listed is said, and what it would tell is not judged") {
  const TemporaryFolder folder;
  Cluster cluster;
  const std::string kubeconfig = cluster.kubeconfig(folder);
  const Ran printed = run_in(folder, {"rbac", "--drift"});
  CHECK(printed.status == 0);

  SECTION("the printed rights are enough") {
    cluster.server.enforce(printed.out);
    const Ran ran = run_in(folder, live(kubeconfig));
    CHECK(ran.err == "");
    CHECK(ran.status == 1);
  }
  SECTION("without the right to list HorizontalPodAutoscalers") {
    std::string rights = printed.out;
    const std::string word = "horizontalpodautoscalers";
    rights.replace(rights.find(word), word.size(), "nothing");
    cluster.server.enforce(rights);
    const Ran ran = run_in(folder, live(kubeconfig, {"--select", "MC202", "-o", "json"}));
    CHECK(contains(ran.err, word));
    CHECK(ran.status == 3);
    CHECK(Json::parse(ran.out).at("findings").empty());
    const Ran allowed =
        run_in(folder, live(kubeconfig, {"--select", "MC202", "--allow-incomplete"}));
    CHECK(allowed.status == 0);
  }
  SECTION("without any right") {
    cluster.server.enforce(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, "
        "metadata: {name: none}, rules: []}");
    const Ran ran = run_in(folder, live(kubeconfig));
    CHECK(ran.status == 3);
    CHECK(contains(ran.err, "meshcheck rbac"));
    check_nothing_secret(ran);
  }
}

TEST_CASE("Files are laid over the cluster") {
  const TemporaryFolder folder;
  const Cluster cluster;
  folder.write("change.yaml", R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  replicas: 1
  selector: {matchLabels: {app: istiod, istio.io/rev: default}}
  template:
    metadata: {labels: {app: istiod, istio.io/rev: default}}
    spec:
      containers:
        - name: discovery
          image: docker.io/istio/pilot:1.30.1
          resources:
            requests: {cpu: 500m, memory: 2Gi}
            limits: {memory: 4Gi}
)");
  const std::string kubeconfig = cluster.kubeconfig(folder);
  const Ran before = run_in(folder, live(kubeconfig, {"--select", "MC103", "-o", "concise"}));
  CHECK(before.status == 1);
  const Ran after =
      run_in(folder, live(kubeconfig, {"--select", "MC103", "-o", "concise", "change.yaml"}));
  CHECK(after.out == "");
  CHECK(after.status == 0);
}

TEST_CASE("Of several clusters each is named, and one that is away does not hide the others") {
  const TemporaryFolder folder;
  const Cluster one;
  const Cluster two;
  folder.write("kubeconfig", fmt::format(R"(apiVersion: v1
kind: Config
contexts:
  - {{name: east, context: {{cluster: east, user: me}}}}
  - {{name: west, context: {{cluster: west, user: me}}}}
  - {{name: gone, context: {{cluster: gone, user: me}}}}
users:
  - {{name: me, user: {{token: {}}}}}
clusters:
  - {{name: east, cluster: {{server: "{}", insecure-skip-tls-verify: true}}}}
  - {{name: west, cluster: {{server: "{}", insecure-skip-tls-verify: true}}}}
  - {{name: gone, cluster: {{server: "https://127.0.0.1:1", insecure-skip-tls-verify: true}}}}
)",
                                         kToken, one.server.url(), two.server.url()));
  const std::string kubeconfig = folder / "kubeconfig";
  const Ran ran = run_in(folder, live(kubeconfig, {"--context", "east,west,gone", "--select",
                                                   "MC103", "--fail-on", "never", "-o", "json"}));
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "gone"));
  const Json report = Json::parse(ran.out);
  std::set<std::string> named;
  for (const Json& finding : report.at("findings")) {
    named.insert(finding.at("object").at("cluster").get<std::string>());
  }
  CHECK(named == std::set<std::string>{"east", "west"});
  const Ran text = run_in(folder, live(kubeconfig, {"--all-contexts", "--select", "MC103"}));
  CHECK(contains(text.out, "east/Deployment/istio-system/istiod"));
  check_nothing_secret(ran);
}

TEST_CASE("Proxies that do not take their configuration are found in the cluster") {
  const TemporaryFolder folder;
  Cluster cluster;
  cluster.server.add({.pod = "istiod-6b7c9d8f5-abcde",
                      .version = "1.30.1-abcdef-Clean",
                      .metrics = "# TYPE go_memstats_heap_inuse_bytes gauge\n"
                                 "go_memstats_heap_inuse_bytes 1.0e8\n",
                      .syncz = {R"([
 {"proxy": "web-1.shop", "proxy_type": "sidecar", "cluster_id": "Kubernetes", "istio_version": "1.30.1",
  "resources": {"type.googleapis.com/envoy.config.cluster.v3.Cluster":
    {"sent": "b", "acked": "a", "sentTime": "2026-11-22T10:00:00Z"}}},
 {"proxy": "web-2.shop", "proxy_type": "sidecar", "cluster_id": "Kubernetes", "istio_version": "1.30.1",
  "resources": {"type.googleapis.com/envoy.config.cluster.v3.Cluster":
    {"sent": "b", "acked": "b", "sentTime": "2026-11-22T10:00:00Z"}}}])"},
                      .dates = {"Sun, 22 Nov 2026 10:12:00 GMT"}});
  const std::string kubeconfig = cluster.kubeconfig(folder);
  const Ran ran = run_in(folder, live(kubeconfig, {"--select", "MC7", "-o", "concise"}));
  INFO(ran.err);
  CHECK(contains(ran.out, "web-1.shop"));
  CHECK(contains(ran.out, "MC701"));
}

TEST_CASE("Where the API server cannot reach istiod's port it is asked by port-forwarding") {
  const TemporaryFolder folder;
  Cluster cluster;
  cluster.server.add({.pod = "istiod-6b7c9d8f5-abcde",
                      .version = "1.30.1-abcdef-Clean",
                      .metrics = "# TYPE citadel_server_root_cert_expiry_timestamp gauge\n"
                                 "citadel_server_root_cert_expiry_timestamp 1.6e9\n",
                      .syncz = {"[]"},
                      .dates = {},
                      .reachable = false});
  const std::string kubeconfig = cluster.kubeconfig(folder);
  const Ran ran = run_in(folder, live(kubeconfig, {"--select", "MC706", "-o", "concise"}));
  INFO(ran.err);
  CHECK(contains(ran.out, "MC706"));
  const Ran without =
      run_in(folder, live(kubeconfig, {"--select", "MC706", "-o", "json", "--no-drift"}));
  CHECK(Json::parse(without.out).at("findings").empty());
}

TEST_CASE("What keeps a cluster from being read is one message with a next step") {
  const TemporaryFolder folder;
  Cluster cluster;
  const std::string kubeconfig = cluster.kubeconfig(folder);
  SECTION("a context that is not there") {
    const Ran ran = run_in(folder, live(kubeconfig, {"--context", "prod"}));
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "prod"));
  }
  SECTION("no kubeconfig") {
    const Ran ran = run_in(folder, live(folder / "none"));
    CHECK(ran.status == 2);
  }
  SECTION("a token that is refused") {
    cluster.server.set_tokens({});
    const Ran ran = run_in(folder, live(kubeconfig));
    CHECK(ran.status == 3);
    CHECK(contains(ran.err, "hint"));
    check_nothing_secret(ran);
  }
  SECTION("flags that contradict each other") {
    CHECK(run_in(folder, live(kubeconfig, {"--snapshot", "x"})).status == 2);
    CHECK(run_in(folder, live(kubeconfig, {"--fix"})).status == 2);
    CHECK(run_in(folder, live(kubeconfig, {"--request-timeout", "soon"})).status == 2);
  }
  SECTION("a snapshot that is none") {
    folder.write("x.tar.gz", "not gzip");
    const Ran ran = run_in(folder, {"audit", "--isolated", "--snapshot", "x.tar.gz"});
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "is no snapshot"));
  }
}
