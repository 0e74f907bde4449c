// watch --proxy-status, from the command line to an API server with an istiod behind it.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "kubeapi/server.h"
#include "support/private_file.h"
#include "support/run_in.h"

using meshcheck::kubeapi::Server;
using meshcheck::test::contains;
using meshcheck::test::Ran;
using meshcheck::test::run_in;
using meshcheck::test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

constexpr const char* kToken = "hushed-token-5b1d";

constexpr const char* kIstiod = R"(
apiVersion: v1
kind: Pod
metadata:
  name: istiod-6b7c9d8f5-abcde
  namespace: istio-system
  labels: {app: istiod, istio.io/rev: default}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
status: {phase: Running}
)";

constexpr const char* kTaken = R"([
 {"proxy": "web-1.shop", "cluster_sent": "b", "cluster_acked": "b"},
 {"proxy": "web-2.shop", "cluster_sent": "b", "cluster_acked": "b"}])";
constexpr const char* kPending = R"([
 {"proxy": "web-1.shop", "cluster_sent": "c", "cluster_acked": "b"},
 {"proxy": "web-2.shop", "cluster_sent": "b", "cluster_acked": "b"}])";

struct Cluster {
  explicit Cluster(const char* objects = kIstiod) : server({.tokens = {{kToken, {"reader", {}}}}}) {
    server.add(objects);
  }

  void answers(const char* syncz) {
    server.add({.pod = "istiod-6b7c9d8f5-abcde",
                .version = "1.30.1-abcdef-Clean",
                .metrics = {},
                .syncz = {syncz},
                .dates = {}});
  }
  std::vector<std::string> command(const TemporaryFolder& folder,
                                   const std::vector<std::string>& more) {
    meshcheck::test::write_private(folder, "kubeconfig", server.kubeconfig(kToken));
    std::vector<std::string> args = {"watch", "--proxy-status", "--isolated", "--kubeconfig",
                                     folder / "kubeconfig"};
    args.insert(args.end(), more.begin(), more.end());
    return args;
  }

  Server server;
};

}  // namespace

TEST_CASE("a mesh that takes its configuration is followed until the time is up") {
  const TemporaryFolder folder;
  Cluster cluster;
  cluster.answers(kTaken);
  const Ran ran = run_in(folder, cluster.command(folder, {"--for", "1s", "-o", "json-lines"}));
  INFO(ran.err);
  CHECK(ran.status == 0);
  const Json line = Json::parse(ran.out.substr(0, ran.out.find('\n')));
  CHECK(line.at("proxies") == 2);
  CHECK(line.at("istiods") == 1);
  CHECK(line.at("stale") == 0);
  CHECK_FALSE(contains(ran.out + ran.err, "hushed"));
}

TEST_CASE("proxies that stay stale end the watch") {
  const TemporaryFolder folder;
  Cluster cluster;
  cluster.answers(kPending);
  const Ran ran = run_in(folder, cluster.command(folder, {"--for", "2s", "--min-seconds", "1"}));
  INFO(ran.err);
  CHECK(ran.status == 1);
  CHECK(contains(ran.out, "1 of 2 proxies did not take what they were sent for more than 1 s"));
  CHECK(contains(ran.out, "web-1.shop (CDS)"));
  CHECK(contains(ran.out, "kubectl -n shop logs web-1 -c istio-proxy"));
}

TEST_CASE("what is stale for a shorter time than the limit, or within the share, ends nothing") {
  const TemporaryFolder folder;
  Cluster cluster;
  cluster.answers(kPending);
  CHECK(run_in(folder, cluster.command(folder, {"--for", "2s"})).status == 0);
  const Ran ran = run_in(folder, cluster.command(folder, {"--for", "2s", "--min-seconds", "1",
                                                          "--max-stale-percent", "50"}));
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "1 stale, 1 for more than 1 s"));
}

TEST_CASE("a watch asks for the pods of istiods alone, and only reads") {
  const TemporaryFolder folder;
  Cluster cluster;
  cluster.answers(kTaken);
  CHECK(run_in(folder, cluster.command(folder, {"--for", "1s"})).status == 0);
  std::size_t lists = 0;
  for (const auto& request : cluster.server.requests()) {
    CHECK(request.method == "GET");
    CHECK_FALSE(contains(request.target, "/deployments"));
    if (!contains(request.target, "/pods?")) continue;
    CHECK(contains(request.target, "labelSelector=app%3Distiod"));
    ++lists;
  }
  CHECK(lists == 2);  // at the beginning, and when the time is up
}

TEST_CASE("a watch that can ask no istiod says so at once") {
  const TemporaryFolder folder;
  SECTION("none runs") {
    Cluster cluster("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n");
    const Ran ran = run_in(folder, cluster.command(folder, {}));
    CHECK(ran.status == 3);
    CHECK(contains(ran.err, "no istiod runs in it"));
    CHECK(contains(ran.err, "hint"));
  }
  SECTION("the token is refused") {
    Cluster cluster;
    cluster.server.set_tokens({});
    const Ran ran = run_in(folder, cluster.command(folder, {}));
    CHECK(ran.status == 3);
    CHECK(contains(ran.err, "hint"));
  }
}

TEST_CASE("wrong flags of a watch are told before anything is asked") {
  const TemporaryFolder folder;
  Cluster cluster;
  const auto status = [&](const std::vector<std::string>& more) {
    return run_in(folder, cluster.command(folder, more)).status;
  };
  CHECK(status({"--interval", "1s"}) == 2);
  CHECK(status({"--for", "soon"}) == 2);
  CHECK(status({"--max-stale-percent", "101"}) == 2);
  CHECK(status({"--min-seconds", "-1"}) == 2);
  CHECK(status({"-o", "yaml"}) == 2);
  CHECK(status({"--context", "a,b"}) == 2);
  CHECK(run_in(folder, {"watch"}).status == 2);
  CHECK(cluster.server.requests().empty());
}

TEST_CASE("one istiod that answers nonsense is told, and the others are watched") {
  const TemporaryFolder folder;
  Cluster cluster;
  cluster.answers(kPending);
  cluster.server.add(R"(
apiVersion: v1
kind: Pod
metadata: {name: istiod-6b7c9d8f5-fghij, namespace: istio-system, labels: {app: istiod}}
status: {phase: Running}
)");
  cluster.server.add({.pod = "istiod-6b7c9d8f5-fghij", .syncz = {"garbage"}});
  const Ran ran = run_in(folder, cluster.command(folder, {"--for", "2s", "--min-seconds", "1"}));
  CHECK(ran.status == 1);
  CHECK(contains(ran.err, "istiod-6b7c9d8f5-fghij"));
  CHECK(contains(ran.out, "1 of 2 proxies did not take"));
}
