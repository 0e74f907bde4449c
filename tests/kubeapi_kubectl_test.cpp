// Proof that the API server of the tests is one: kubectl, in every version at hand, reads it.
#include <algorithm>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "kubeapi/server.h"
#include "support/contains.h"
#include "support/shell.h"
#include "support/temporary_folder.h"

using namespace meshcheck::kubeapi;
using meshcheck::test::contains;
using meshcheck::test::shell;
using meshcheck::test::shell_word;
using meshcheck::test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

constexpr const char* kObjects = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "accessLogFile: /dev/stdout"}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: front}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, namespace: front}
status: {phase: Running}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {replicas: 2}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: routes, namespace: shop}
spec: {hosts: [cart], http: [{timeout: 1s}]}
)";

// Those that lie beside `kubectl` under the name of their version, else `kubectl` itself.
std::vector<std::string> kubectls() {
  std::vector<std::string> found;
  std::istringstream lines(shell("k=$(command -v kubectl) || exit 0; "
                                 "ls \"$(dirname \"$(readlink -f \"$k\")\")\"/kubectl.[0-9]* "
                                 "2>/dev/null || echo \"$k\"")
                               .out);
  for (std::string line; std::getline(lines, line);) found.push_back(line);
  if (found.empty()) WARN("skipped: there is no kubectl here");
  return found;
}

// The oldest and the newest.
std::vector<std::string> extreme_kubectls() {
  std::vector<std::string> found = kubectls();
  if (found.size() > 2) found.erase(found.begin() + 1, found.end() - 1);
  return found;
}

class Kubectl {
 public:
  explicit Kubectl(std::string program, const std::string& kubeconfig)
      : program_(std::move(program)) {
    home_.write("config", kubeconfig);
  }

  meshcheck::test::ShellRan run(const std::string& arguments) const {
    return shell("HOME=" + shell_word(home_.path().string()) +
                 " KUBECONFIG=" + shell_word(home_ / "config") + " timeout 30 " +
                 shell_word(program_) + " " + arguments + " 2>&1");
  }

 private:
  std::string program_;
  TemporaryFolder home_;
};

std::size_t count_requests(const Server& server, std::string_view part) {
  const std::vector<Request> all = server.requests();
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Request& each) { return contains(each.target, part); }));
}

void check_reading(Server& server, const std::string& program) {
  INFO(program);
  const Kubectl kubectl(program, server.kubeconfig(server.identity({"jane", {"system:masters"}})));
  CHECK(contains(kubectl.run("get namespaces").out, "shop"));
  server.clear_requests();
  const auto pods = kubectl.run("get pods --all-namespaces --chunk-size=1 -o json");
  CHECK(Json::parse(pods.out)["items"].size() == 3);
  CHECK(count_requests(server, "/api/v1/pods?") == 3);
  CHECK(kubectl.run("get pods -n shop -l app=cart -o name").out == "pod/cart\n");
  CHECK(kubectl.run("get deployments -A -o name").out == "deployment.apps/cart\n");
  CHECK(kubectl.run("get virtualservices -A -o name").out ==
        "virtualservice.networking.istio.io/routes\n");
  CHECK(kubectl.run("get cm -n istio-system istio -o 'jsonpath={.data.mesh}'").out ==
        "accessLogFile: /dev/stdout");
  CHECK(contains(kubectl.run("get pod -n shop none").out,
                 "Error from server (NotFound): pods \"none\" not found"));
  CHECK(contains(kubectl.run("version -o json").out, "v1.33.4"));
}

}  // namespace

TEST_CASE("every kubectl reads the server") {
  for (const std::string& program : kubectls()) {
    Server server;
    server.add(kObjects);
    check_reading(server, program);
    for (const Request& request : server.requests()) CHECK(request.method == "GET");
  }
}

TEST_CASE("kubectl reads the server in the older dialects of discovery") {
  for (const std::string& program : extreme_kubectls()) {
    for (const Discovery dialect : {Discovery::v2beta1, Discovery::plain}) {
      Options options;
      options.discovery = dialect;
      Server server(options);
      server.add(kObjects);
      check_reading(server, program);
    }
  }
}

TEST_CASE("kubectl waits where it is told to, and follows what meshcheck refuses") {
  for (const std::string& program : extreme_kubectls()) {
    Server server;
    server.add(kObjects);
    const Kubectl kubectl(program, server.kubeconfig());
    const auto get = [&](Fault fault) {
      fault.path = "/api/v1/pods*";
      server.clear_faults();
      server.add(fault);
      return kubectl.run("get pods -A -o name");
    };
    INFO(program);
    const auto waited = get({.status = 429, .headers = {{"Retry-After", "1"}}, .body = "Too many"});
    CHECK(contains(waited.out, "pod/web-2"));
    CHECK(get({.times = 0, .status = 500}).status == 1);
    CHECK(get({.kind = FaultKind::cut, .times = 0, .at = 100}).status == 1);
    CHECK(get({.kind = FaultKind::garbage, .times = 0}).status == 1);
    const auto moved = get({.status = 302, .headers = {{"Location", "/api/v1/namespaces"}}});
    CHECK(moved.out == "namespace/shop\n");
  }
}

TEST_CASE("kubectl says what the server refused, and whom") {
  for (const std::string& program : extreme_kubectls()) {
    INFO(program);
    Options options;
    options.tokens["reading"] = {"reader", {}};
    Server server(options);
    server.add(kObjects);
    server.enforce(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
)");
    const Kubectl reader(program, server.kubeconfig("reading"));
    CHECK(reader.run("get pods -A -o name").status == 0);
    CHECK(contains(reader.run("get nodes").out,
                   "Error from server (Forbidden): nodes is forbidden: User \"reader\" cannot list "
                   "resource \"nodes\" in API group \"\" at the cluster scope"));
    const Kubectl stranger(program, server.kubeconfig("unknown"));
    CHECK(contains(stranger.run("get pods").out, "must be logged in"));
  }
}

TEST_CASE("kubectl does not trust a server that it should not") {
  for (const std::string& program : extreme_kubectls()) {
    INFO(program);
    const auto says = [&](Options options, const std::string& flags = {}) {
      const Server server(std::move(options));
      return Kubectl(program, server.kubeconfig()).run("get namespaces " + flags).out;
    };
    Options options;
    options.certificate = Certificate::foreign;
    CHECK(contains(says(options), "certificate signed by unknown authority"));
    options.certificate = Certificate::expired;
    CHECK(contains(says(options), "certificate has expired"));
    options.certificate = Certificate::other_name;
    CHECK(contains(says(options), "doesn't contain any IP SANs"));
    CHECK(contains(says(options, "--tls-server-name other.example"), "No resources found"));
    options = {};
    options.tls = Tls::only_1_1;
    CHECK(contains(says(options), "protocol version"));
  }
}
