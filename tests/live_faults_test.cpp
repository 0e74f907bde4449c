// What a live audit makes of servers, proxies and credentials that are not as they should be: a gap
// is told, never taken for what the cluster does not have.
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kubeapi/server.h"
#include "support/golden.h"
#include "support/private_file.h"
#include "support/run_in.h"

using namespace meshcheck;
using kubeapi::Fault;
using kubeapi::FaultKind;
using kubeapi::Server;
using test::contains;
using test::Ran;
using test::run_in;
using test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

constexpr const char* kObjects = R"(
apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.20.1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: istiod-7d9f8b6c5-x2x4z, namespace: istio-system, labels: {app: istiod}}
spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.20.1"}]}
status: {phase: Running}
---
apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
)";

struct Cluster {
  explicit Cluster(kubeapi::Options options = {}) : server(std::move(options)) {
    server.set_tokens({{"letmein", {"reader", {}}}});
    server.add(kObjects);
    server.add({.pod = "istiod-7d9f8b6c5-x2x4z", .syncz = {"[]"}});
    write("kubeconfig", server.kubeconfig("letmein"));
  }

  void write(const std::string& name, const std::string& text) const {
    test::write_private(folder, name, text);
  }

  Ran run(std::string command, std::vector<std::string> more) const {
    std::vector<std::string> args = {std::move(command), "--kubeconfig", folder / "kubeconfig",
                                     "--drift-window", "0s"};
    args.insert(args.end(), more.begin(), more.end());
    return run_in(folder, args);
  }
  Ran audit(std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"--isolated", "--live", "-o", "json", "--fail-on", "never"};
    args.insert(args.end(), more.begin(), more.end());
    return run("audit", args);
  }

  TemporaryFolder folder;
  Server server;
};

constexpr const char* kNotFound = "404 page not found";

}  // namespace

TEST_CASE("where nothing says which versions are served, older ones are tried") {
  Cluster cluster({.discovery_allowed = false});
  CHECK_FALSE(contains(cluster.audit({"--select", "MC614"}).out, "mesh-wide"));
  for (const char* version : {"v1", "v1beta1"}) {
    cluster.server.add(Fault{.path = fmt::format("/apis/security.istio.io/{}/*", version),
                             .times = 0,
                             .status = 404,
                             .body = kNotFound});
    const Ran ran = cluster.audit({"--select", "MC614"});
    const bool none_is_left = version == std::string_view("v1beta1");
    CHECK(contains(ran.out, "mesh-wide") == none_is_left);
  }
}

TEST_CASE("what a proxy does not find is not absent, nor is what every cluster has") {
  Cluster cluster;
  SECTION("a page of a proxy") {
    cluster.server.add(Fault{.path = "/apis/apps/v1/deployments*",
                             .times = 0,
                             .status = 404,
                             .headers = {{"Content-Type", "text/html"}},
                             .body = "<html>not here</html>"});
    const Ran ran = cluster.audit();
    CHECK(ran.status == 3);
    CHECK(contains(ran.err, "listing deployments.apps: 404 Not Found"));
  }
  SECTION("a server that has no pods") {
    cluster.server.add(
        Fault{.path = "/api/v1/pods*", .times = 0, .status = 404, .body = kNotFound});
    const Ran ran = cluster.audit();
    CHECK(ran.status == 3);
    CHECK(contains(ran.err, "listing pods: the server says that it has no such kind, and must"));
  }
}

TEST_CASE("a server that has nothing is no API server") {
  Cluster cluster;
  cluster.server.add(Fault{.path = "*", .times = 0, .status = 404, .body = kNotFound});
  const Ran ran = cluster.audit();
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "this is no Kubernetes API server"));
  CHECK(cluster.run("snapshot", {"-o", "kept.tar.gz"}).status == 3);
  CHECK_FALSE(std::filesystem::exists(cluster.folder.path() / "kept.tar.gz"));
}

TEST_CASE("an object that is sent twice is there once, and pages that go in a circle end") {
  Cluster cluster;
  const auto page = [](const char* token) {
    return fmt::format(R"({{"kind": "PodList", "apiVersion": "v1", "metadata": {{"continue": "{}"}},
      "items": [{{"metadata": {{"uid": "u", "name": "p", "namespace": "shop"}}}}]}})",
                       token);
  };
  for (int hit = 1; hit <= 40; ++hit) {
    cluster.server.add(Fault{.path = "/api/v1/pods*",
                             .first = hit,
                             .status = 200,
                             .body = page(hit % 2 == 0 ? "even" : "odd")});
  }
  const Ran ran = cluster.audit();
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "listing pods: the server repeats a page for ever"));
  CHECK_FALSE(contains(ran.out, "MC007"));
}

TEST_CASE("what is no list is no empty one") {
  const auto [body, problem] = GENERATE(table<const char*, const char*>({
      {R"({"kind": "PodList", "items": {"a": 1}})", "its items are no list"},
      {R"({"kind": "PodList", "items": [7]})", "an item is no object"},
      {R"({"kind": "PodList", "metadata": {"continue": 5}, "items": []})",
       "its continue token is no text"},
      {R"({"kind": "ServiceList", "items": []})", "of kind `ServiceList`, no list of pods"},
  }));
  Cluster cluster;
  cluster.server.add(Fault{.path = "/api/v1/pods*", .times = 0, .status = 200, .body = body});
  const Ran ran = cluster.audit();
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, problem));
}

TEST_CASE("of several contexts one without credentials does not hide the others") {
  const Cluster cluster;
  const std::string all = fmt::format(R"(apiVersion: v1
kind: Config
contexts:
  - {{name: east, context: {{cluster: c, user: me}}}}
  - {{name: west, context: {{cluster: c, user: gone}}}}
users:
  - {{name: me, user: {{token: letmein}}}}
  - {{name: gone, user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./no-such-plugin, interactiveMode: Never}}}}}}
clusters: [{{name: c, cluster: {{server: "{}", insecure-skip-tls-verify: true}}}}]
)",
                                      cluster.server.url());
  cluster.write("kubeconfig", all);
  const Ran ran = cluster.audit({"--context", "east,west"});
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "west: exec: executable"));
  CHECK(contains(ran.out, "MC102"));
  CHECK(cluster.audit({"--context", "east,nowhere"}).status == 2);
}

TEST_CASE("an audit that was ended while istiods were asked is incomplete") {
  Cluster cluster;
  cluster.server.add(Fault{.path = "*portforward*", .kind = FaultKind::stall, .times = 0});
  const Ran ran = cluster.audit({"--live-timeout", "2s"});
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "asking istiods about their proxies: interrupted, or out of time"));
}

TEST_CASE("pings do not keep a question alive") {
  Cluster cluster;
  cluster.server.add(Fault{.path = "*portforward*",
                           .kind = FaultKind::pings,
                           .times = 0,
                           .delay = std::chrono::milliseconds(20)});
  const Ran ran = cluster.audit({"--request-timeout", "0.5s", "--live-timeout", "60s"});
  CHECK(contains(ran.out, "timed out"));
}

TEST_CASE("one cause is told once") {
  Cluster cluster;
  cluster.server.add(Fault{.path = "/api*/v1*?limit*", .times = 0, .status = 501, .body = "no"});
  const Ran ran = cluster.audit();
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "more kinds: 501: no\n"));
}
