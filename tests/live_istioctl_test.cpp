// audit --live --istioctl PROGRAM: what istioctl tells of proxies where no port is forwarded.
#include <chrono>
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
using kubeapi::Server;
using test::contains;
using test::Ran;
using test::run_in;
using test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

constexpr const char* kPod = R"(
apiVersion: v1
kind: Pod
metadata: {{name: istiod-{0}-7d9f8b6c5-x2x4z, namespace: istio-system, labels: {{app: istiod, istio.io/rev: "{0}"}}}}
spec: {{containers: [{{name: discovery, image: "docker.io/istio/pilot:1.30.1"}}]}}
status: {{phase: Running}}
)";

constexpr const char* kTwoOfTwoStale = R"(#!/bin/sh
echo "$@" >>calls
case "$*" in
  *json*)
    cat <<'END'
{"resources": [
  {"node": {"id": "web-1.shop", "metadata": {"ISTIO_VERSION": "1.30.1"}},
   "genericXdsConfigs": [{"typeUrl": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "configStatus": "STALE"}]},
  {"node": {"id": "web-2.shop", "metadata": {"ISTIO_VERSION": "1.30.1"}},
   "genericXdsConfigs": [{"typeUrl": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "configStatus": "STALE"}]}],
 "controlPlane": {"identifier": "{\"Component\":\"istiod\",\"ID\":\"istiod-1-30-7d9f8b6c5-x2x4z\",\"Info\":{}}"}}
END
    ;;
esac
)";

// A cluster whose API server forwards no port.
struct Cluster {
  Cluster() : server({.tokens = {{"letmein", {"reader", {}}}}}) {
    server.add(fmt::format(kPod, "1-30"));
    server.add(Fault{.path = "*portforward*", .times = 0, .status = 403});
    test::write_private(folder, "kubeconfig", server.kubeconfig("letmein"));
  }

  void script(const std::string& text) const {
    folder.write("istioctl", text);
    std::filesystem::permissions(folder.path() / "istioctl", std::filesystem::perms::owner_all);
  }

  Ran run(std::string command, std::vector<std::string> more) const {
    std::vector<std::string> args = {std::move(command), "--kubeconfig", folder / "kubeconfig",
                                     "--drift-window", "0s"};
    args.insert(args.end(), more.begin(), more.end());
    return run_in(folder, args);
  }
  Ran audit(std::vector<std::string> more) const {
    std::vector<std::string> args = {"--isolated", "--live", "--select", "MC701", "-o", "json"};
    args.insert(args.end(), more.begin(), more.end());
    return run("audit", args);
  }

  TemporaryFolder folder;
  Server server;
};

std::string messages(const Ran& ran) {
  std::string all;
  const Json report = Json::parse(ran.out);
  for (const Json& finding : report.at("findings")) all += finding.at("message");
  return all;
}

}  // namespace

TEST_CASE("istioctl is asked for a revision whose istiods no port leads to") {
  const Cluster cluster;
  cluster.script(kTwoOfTwoStale);
  const Ran ran = cluster.audit({"--istioctl", "./istioctl"});
  INFO(ran.err);
  CHECK(contains(messages(ran), "2 of 2 proxies are STALE"));
  CHECK_FALSE(contains(ran.out, "403"));
  CHECK(test::read_file(cluster.folder / "calls") ==
        fmt::format("proxy-status --istioNamespace istio-system --revision 1-30 --kubeconfig {} "
                    "--context test -o json\n",
                    cluster.folder / "kubeconfig"));
}

TEST_CASE("no program is run unless it is named, nor where istiods answer") {
  Cluster cluster;
  cluster.script(kTwoOfTwoStale);
  CHECK(contains(cluster.audit({}).out, "403"));
  Server open({.tokens = {{"letmein", {"reader", {}}}}});
  open.add(fmt::format(kPod, "1-30"));
  open.add({.pod = "istiod-1-30-7d9f8b6c5-x2x4z", .syncz = {"[]"}});
  test::write_private(cluster.folder, "other", open.kubeconfig("letmein"));
  run_in(cluster.folder, {"audit", "--isolated", "--live", "--kubeconfig", cluster.folder / "other",
                          "--istioctl", "./istioctl"});
  CHECK_FALSE(std::filesystem::exists(cluster.folder.path() / "calls"));
}

TEST_CASE("an istioctl that prints tables only is read too") {
  const Cluster cluster;
  cluster.script(R"(#!/bin/sh
case "$*" in
  *json*) echo "Error: unknown shorthand flag: 'o' in -o" >&2; exit 1;;
esac
echo 'NAME        CLUSTER     CDS    LDS     EDS     RDS     ECDS      ISTIOD                       VERSION'
echo 'web-1.shop  Kubernetes  STALE  SYNCED  SYNCED  SYNCED  NOT SENT  istiod-1-30-7d9f8b6c5-x2x4z  1.26.1'
echo 'web-2.shop  Kubernetes  STALE  SYNCED  SYNCED  SYNCED  NOT SENT  istiod-1-30-7d9f8b6c5-x2x4z  1.26.1'
)");
  const Ran ran = cluster.audit({"--istioctl", "./istioctl"});
  INFO(ran.err);
  CHECK(contains(messages(ran), "2 of 2 proxies are STALE"));
}

TEST_CASE("what both ways say is told where both fail") {
  const Cluster cluster;
  cluster.script("#!/bin/sh\necho 'Error: serviceaccounts is forbidden' >&2\nexit 1\n");
  const Ran ran = cluster.audit({"--istioctl", "./istioctl"});
  CHECK(contains(ran.out, "403"));
  CHECK(contains(ran.out, "serviceaccounts is forbidden"));
}

TEST_CASE("an istioctl that hangs has the time that is left of --live-timeout") {
  const Cluster cluster;
  cluster.script("#!/bin/sh\nsleep 100\n");
  const auto begin = std::chrono::steady_clock::now();
  const Ran ran = cluster.audit({"--istioctl", "./istioctl", "--live-timeout", "4s"});
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(50));
  CHECK(ran.status == 3);
  CHECK(contains(ran.out, "did not end within --live-timeout"));
}

TEST_CASE("a snapshot keeps what istioctl said") {
  const Cluster cluster;
  cluster.script(kTwoOfTwoStale);
  CHECK(cluster.run("snapshot", {"-o", "kept.tar.gz", "--istioctl", "./istioctl"}).status == 0);
  const Ran ran = run_in(cluster.folder, {"audit", "--isolated", "--snapshot", "kept.tar.gz",
                                          "--select", "MC701", "-o", "json"});
  CHECK(contains(messages(ran), "2 of 2 proxies are STALE"));
}

TEST_CASE("istioctl finds the cluster by what it can be told alone") {
  const Cluster cluster;
  cluster.script(kTwoOfTwoStale);
  const Ran foreign = cluster.audit({"--istioctl", "./istioctl", "--as", "jane"});
  CHECK(foreign.status == 2);
  CHECK(contains(foreign.err, "--istioctl: does not go with --as"));
  const Ran missing = cluster.audit({"--istioctl", "no-such-istioctl"});
  CHECK(missing.status == 2);
  CHECK(contains(missing.err, "no-such-istioctl is no program"));
}
