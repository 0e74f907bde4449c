// Which ways lead to a cluster: proxies, a socket, and connections that end while they are used.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <sys/types.h>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kubeapi/relay.h"
#include "kubeapi/server.h"
#include "support/golden.h"
#include "support/private_file.h"
#include "support/run_in.h"
#include "support/shell.h"

using namespace meshcheck;
using kubeapi::Relay;
using kubeapi::Server;
using test::contains;
using test::Ran;
using test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

constexpr const char* kIstiod = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod, istio.io/rev: default}}
  template:
    metadata: {labels: {app: istiod, istio.io/rev: default}}
    spec:
      containers: [{name: discovery, image: "docker.io/istio/pilot:1.30.1", resources: {requests: {cpu: 10m}}}]
)";

std::string kubeconfig(const std::string& cluster) {
  return fmt::format(
      "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
      "clusters: [{{name: test, cluster: {{{}}}}}]\n"
      "users: [{{name: reader, user: {{token: letmein}}}}]\n"
      "contexts: [{{name: test, context: {{cluster: test, user: reader}}}}]\n",
      cluster);
}

// A cluster that only its authority and its port are known of; its certificate is localhost's.
struct Cluster {
  explicit Cluster(kubeapi::Options options = {}) : server(std::move(options)) {
    server.add(kIstiod);
    folder.write("ca.pem", server.ca_pem());
  }

  Ran audit(const std::string& cluster, const std::vector<std::string>& variables = {}) {
    test::write_private(folder, "kubeconfig", kubeconfig(cluster));
    Ran ran = test::run_in(folder,
                           {"audit", "--isolated", "--live", "--no-drift", "--kubeconfig",
                            folder / "kubeconfig", "-o", "json"},
                           {}, variables);
    CHECK_FALSE(contains(ran.out + ran.err, "letmein"));
    return ran;
  }

  TemporaryFolder folder;
  Server server;
};

const std::string kElsewhere =
    "server: 'https://kube.example:6443', tls-server-name: localhost, certificate-authority: "
    "ca.pem";

bool finds_istiod(const Ran& ran) { return ran.status != 3 && contains(ran.out, "\"MC101\""); }

std::vector<std::string> fingerprints(const Ran& ran) {
  std::vector<std::string> found;
  const Json report = Json::parse(ran.out);
  for (const Json& finding : report.at("findings")) found.push_back(finding.at("fingerprint"));
  return found;
}

}  // namespace

TEST_CASE("a proxy is told the server's name and nothing that is secret") {
  Cluster cluster;
  Relay relay(Relay::Way::connect, cluster.server.port());
  const auto is_told = [&] {
    REQUIRE_FALSE(relay.asked().empty());
    for (const std::string& asked : relay.asked()) {
      CHECK(asked.starts_with("CONNECT kube.example:6443 HTTP/1.1\r\n"));
      CHECK_FALSE(contains(asked, "Authorization:"));
      CHECK_FALSE(contains(asked, "letmein"));
    }
  };
  SECTION("of the kubeconfig") {
    const Ran ran =
        cluster.audit(fmt::format("{}, proxy-url: 'http://{}'", kElsewhere, relay.address()));
    INFO(ran.err);
    CHECK(finds_istiod(ran));
    is_told();
  }
  SECTION("of the environment") {
    const Ran ran = cluster.audit(kElsewhere, {"HTTPS_PROXY=http://" + relay.address()});
    INFO(ran.err);
    CHECK(finds_istiod(ran));
    is_told();
  }
}

TEST_CASE("a SOCKS proxy finds the address itself") {
  Cluster cluster;
  Relay relay(Relay::Way::socks5, cluster.server.port());
  const Ran ran =
      cluster.audit(fmt::format("{}, proxy-url: 'socks5://{}'", kElsewhere, relay.address()));
  INFO(ran.err);
  CHECK(finds_istiod(ran));
  REQUIRE_FALSE(relay.asked().empty());
  CHECK(std::ranges::count(relay.asked(), "name kube.example:6443") ==
        static_cast<std::ptrdiff_t>(relay.asked().size()));
}

TEST_CASE("the environment's proxy is not for this machine") {
  Cluster cluster;
  Relay relay(Relay::Way::connect, cluster.server.port());
  const Ran ran = cluster.audit(
      fmt::format("server: '{}', certificate-authority: ca.pem", cluster.server.url()),
      {"HTTPS_PROXY=http://" + relay.address()});
  INFO(ran.err);
  CHECK(finds_istiod(ran));
  CHECK(relay.asked().empty());
}

TEST_CASE("a proxy that makes no connection is named as what fails") {
  Cluster cluster;
  Relay relay(Relay::Way::connect, cluster.server.port());
  relay.refuse("407 Proxy Authentication Required");
  const std::string kElse =
      fmt::format("{}, proxy-url: 'http://jane:hushed@{}'", kElsewhere, relay.address());
  const Ran ran = cluster.audit(kElse);
  CHECK(ran.status == 3);
  INFO(ran.err);
  INFO(ran.out);
  CHECK(contains(ran.out, "the proxy makes no connection"));
  CHECK(contains(ran.out, "407"));
  CHECK_FALSE(contains(ran.out + ran.err, "hushed"));
  CHECK(cluster.server.requests().empty());
}

TEST_CASE("a socket leads to kubectl proxy, which has credentials of its own") {
  kubeapi::Options options;
  options.tls = kubeapi::Tls::none;
  options.unnamed = {"jane", {"system:masters", "system:authenticated"}};
  Cluster cluster(options);
  const Relay relay(Relay::Way::unix_socket, cluster.server.port(), cluster.folder / "kp.sock");
  const Ran ran = cluster.audit(fmt::format("server: 'unix://{}'", cluster.folder / "kp.sock"));
  INFO(ran.err);
  INFO(ran.out);
  CHECK(finds_istiod(ran));
  REQUIRE_FALSE(cluster.server.requests().empty());
  for (const kubeapi::Request& request : cluster.server.requests()) {
    CHECK(request.authorization_sha256.empty());
  }
}

TEST_CASE("who is ended by a signal leaves no core with credentials in it") {
  Cluster cluster;
  cluster.server.add(kubeapi::Fault{.path = "*", .kind = kubeapi::FaultKind::stall, .times = 0});
  test::write_private(cluster.folder, "kubeconfig", cluster.server.kubeconfig("letmein"));
  const auto ran = test::shell(fmt::format(
      "cd {} && ulimit -c unlimited 2>/dev/null\n"
      "$MESHCHECK audit --isolated --live --kubeconfig kubeconfig >out 2>&1 &\n"
      "sleep 2; grep 'core file' /proc/$!/limits; kill -ABRT $!; wait $!; echo status $?\n"
      "ls core* 2>/dev/null",
      test::shell_word(cluster.folder.path().string())));
  // One byte: nothing else keeps it from a program that cores are piped to.
  std::istringstream said(ran.out);
  std::string limit;
  for (std::string word; limit.empty() && said >> word;) {
    if (word == "size") said >> limit;
  }
  CHECK(limit == "1");
  CHECK(ran.out.ends_with("status 134\n"));
  CHECK_FALSE(cluster.server.requests().empty());  // it had the token in its hands
}

TEST_CASE(
    "DISABLE_HTTP2 is obeyed, and a server that ends HTTP/2 connections is read all the same") {
  if (test::shell("command -v node").status != 0) {
    WARN("skipped: there is no node");
    return;
  }
  Cluster cluster;
  const std::string here =
      fmt::format("server: '{}', certificate-authority: ca.pem", cluster.server.url());
  const Ran direct = cluster.audit(here, {"DISABLE_HTTP2=1"});
  REQUIRE(finds_istiod(direct));
  const kubeapi::Identity identity = cluster.server.identity({"localhost", {}});
  cluster.folder.write("key.pem", identity.key_pem);
  cluster.folder.write("certificate.pem", identity.certificate_pem);
  const char* manner = GENERATE("gentle", "harsh");
  CAPTURE(manner);
  // It ends with this pipe.
  const std::string folder = cluster.folder.path().string();
  const std::string command = fmt::format(
      "node {}/tests/kubeapi/goaway.mjs {} {}/key.pem {}/certificate.pem {} 5 >{}/said",
      test::source_folder().string(), cluster.server.port(), folder, folder, manner, folder);
  FILE* node = ::popen(command.c_str(), "w");  // NOLINT(bugprone-command-processor)
  REQUIRE(node != nullptr);
  std::string said;
  for (int i = 0; i < 600 && !said.ends_with('\n'); ++i) {
    test::shell("sleep 0.05");
    if (std::filesystem::exists(cluster.folder.path() / "said")) {
      said = test::read_file(cluster.folder / "said");
    }
  }
  const std::string port = said.substr(0, said.find('\n'));
  const Ran ran = cluster.audit(
      fmt::format("server: 'https://127.0.0.1:{}', insecure-skip-tls-verify: true", port));
  INFO(ran.err);
  INFO(ran.out);
  CHECK(ran.status != 3);
  CHECK(fingerprints(ran) == fingerprints(direct));
  CHECK(contains(test::read_file(cluster.folder / "said"), "session 3"));
  ::pclose(node);
}
