// From kubeconfig, flags, environment and pod to a server and credentials; and what is said where
// that cannot be.
#include "live/find_access.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/live_machine.h"

using namespace meshcheck;
using live::AccessFlags;
using live::AccessFound;
using test::authorization;
using test::kCertificate;
using test::kubeconfig_of;
using test::LiveMachine;
using test::told;

namespace {

// Three contexts in one file.
constexpr std::string_view kThree =
    "current-context: shop\n"
    "contexts:\n"
    "- {name: shop, context: {cluster: one, user: ann, namespace: front}}\n"
    "- {name: pay, context: {cluster: two, user: bob}}\n"
    "- {name: odd, context: {cluster: gone, user: gone}}\n"
    "clusters:\n"
    "- {name: one, cluster: {server: 'https://one:6443', tls-server-name: kube.one}}\n"
    "- {name: two, cluster: {server: 'https://two/k8s/c-1/'}}\n"
    "users:\n"
    "- {name: ann, user: {token: anns}}\n"
    "- {name: bob, user: {username: bob, password: 'b:c'}}\n";

}  // namespace

TEST_CASE("the current context says server, user and namespace; flags choose others") {
  LiveMachine machine;
  machine.kubeconfig(kThree);
  AccessFound found = machine.find();
  REQUIRE(found.access);
  CHECK(found.errors.empty());
  CHECK(found.access->context == "shop");
  CHECK(found.access->cluster == "one");
  CHECK(found.access->user == "ann");
  CHECK(found.access->name_space == "front");
  CHECK(found.access->server.url == "https://one:6443");
  CHECK(found.access->server.tls_server_name == "kube.one");
  CHECK(found.access->server.compression);
  CHECK(found.access->warnings.empty());
  CHECK(authorization(found) == "Bearer anns");

  AccessFlags flags;
  flags.context = "pay";
  found = machine.find(flags);
  CHECK(found.access->server.url == "https://two/k8s/c-1");
  CHECK(found.access->name_space == "default");
  CHECK(authorization(found) == "Basic Ym9iOmI6Yw==");

  flags.cluster = "one";
  flags.user = "ann";
  flags.name_space = "ns/back";
  found = machine.find(flags);
  CHECK(found.access->context == "pay");
  CHECK(found.access->server.url == "https://one:6443");
  CHECK(found.access->name_space == "back");
  CHECK(authorization(found) == "Bearer anns");
}

TEST_CASE("--server is another server, which the kubeconfig's name for TLS does not fit") {
  LiveMachine machine;
  machine.kubeconfig(kThree);
  AccessFlags flags;
  flags.server = "https://other:1";
  AccessFound found = machine.find(flags);
  REQUIRE(found.access);
  CHECK(found.access->server.url == "https://other:1");
  CHECK(found.access->server.tls_server_name.empty());
  flags.tls_server_name = "mine";
  CHECK(machine.find(flags).access->server.tls_server_name == "mine");
}

TEST_CASE("each way to have no configuration is one message with the next step") {
  LiveMachine machine;
  const std::string home = machine.folder.path().string();
  CHECK(told(machine.find().errors) ==
        "no cluster configuration: KUBECONFIG is not set, the usual file is " + home +
            "/.kube/config (it does not exist); not running in a pod (name a kubeconfig with "
            "--kubeconfig or KUBECONFIG)\n");
  machine.host.environment.emplace_back("KUBECONFIG=a:b");
  CHECK(told(machine.find().errors) ==
        "no cluster configuration: KUBECONFIG names a, b (none exists); not running in a pod (name "
        "a kubeconfig with --kubeconfig or KUBECONFIG)\n");
  AccessFlags flags;
  flags.kubeconfig = "nope.yaml";
  CHECK(
      told(machine.find(flags).errors) ==
      "--kubeconfig: stat nope.yaml: no such file or directory (name a file that exists, or leave "
      "the flag out to read KUBECONFIG or ~/.kube/config)\n");
  machine.folder.write("empty", "");
  flags.kubeconfig = "empty";
  CHECK(told(machine.find(flags).errors) ==
        "no cluster configuration: --kubeconfig names empty; not running in a pod (name a "
        "kubeconfig with --kubeconfig or KUBECONFIG)\n");
}

TEST_CASE("what a context names and nobody defines is said, with what there is") {
  LiveMachine machine;
  machine.kubeconfig(kThree);
  AccessFlags flags;
  flags.context = "prod";
  CHECK(told(machine.find(flags).errors) ==
        "--context: context was not found for specified context: prod (the contexts are odd, pay, "
        "shop; choose one with --context)\n");
  flags.context = "odd";
  CHECK(
      told(machine.find(flags).errors) ==
      "odd: context \"odd\" names cluster \"gone\", which no kubeconfig defines (the clusters are "
      "one, two; or name a server with --server)\n");
  // As for kubectl: whoever has no credentials may still ask.
  flags.server = "https://x";
  AccessFound found = machine.find(flags);
  REQUIRE(found.access);
  REQUIRE(found.access->warnings.size() == 1);
  CHECK_THAT(found.access->warnings[0], Catch::Contains("names user \"gone\""));
  CHECK(authorization(found).empty());

  flags = {};
  flags.cluster = "three";
  flags.user = "eve";
  CHECK(told(machine.find(flags).errors) ==
        "--user: auth info \"eve\" does not exist (the users are ann, bob)\n"
        "--cluster: cluster \"three\" does not exist (the clusters are one, two)\n");

  machine.kubeconfig(
      "contexts: [{name: a, context: {cluster: c}}]\n"
      "clusters: [{name: c, cluster: {server: 'https://c'}}]\n");
  CHECK_THAT(told(machine.find().errors), Catch::Contains("no context is selected") &&
                                              Catch::Contains("the contexts are a; choose one"));
}

TEST_CASE("all errors of all kubeconfigs are told, each at its place and without their secrets") {
  LiveMachine machine;
  machine.folder.write("one", "users:\n- {name: u, user: {token: 12345678}}\n- {name: u}\n");
  machine.folder.write("two",
                       "clusters: [{name: c, cluster: {certificate-authority-data: 'Y2E*'}}]\n");
  machine.folder.write("three", "token: \"canary\nusers: [*canary]\n");
  machine.folder.write("four", "kind: Pod\n");
  machine.host.environment.emplace_back("KUBECONFIG=one:two:three:missing:four:.");
  const AccessFound found = machine.find();
  const std::string text = told(found.errors);
  REQUIRE(found.errors.size() == 6);
  CHECK(found.errors[0].message == "users[0].user.token is a number, not text");
  CHECK(found.errors[0].location->line == 2);
  CHECK(found.errors[0].location->excerpt.empty());
  CHECK(found.errors[1].message == "duplicate name \"u\" in users");
  CHECK(found.errors[2].message ==
        "clusters[0].cluster.certificate-authority-data is no base64: illegal base64 data at input "
        "byte 3");
  CHECK(found.errors[3].source == "three");
  CHECK(found.errors[4].message == "is no kubeconfig: its kind is not Config");
  CHECK(found.errors[5].message == "is a folder, not a file");
  CHECK_THAT(text, !Catch::Contains("canary") && !Catch::Contains("12345678"));
}

TEST_CASE("every field that client-go knows is read") {
  LiveMachine machine;
  const std::string path =
      (test::source_folder() / "testdata/_live/kubeconfig/every-field.yaml").string();
  AccessFlags flags;
  flags.kubeconfig = path;
  flags.context = "pay";
  flags.cluster = "far";
  flags.user = "password";
  flags.insecure = true;  // there is no ca.pem
  const AccessFound found = machine.find(flags);
  INFO(told(found.errors));
  REQUIRE(found.access);
  CHECK(found.access->server.url == "https://far.example:6443/k8s/clusters/c-1");
  CHECK(found.access->server.proxy_url == "socks5://proxy.example:1080");
  CHECK_FALSE(found.access->server.compression);
  CHECK(found.access->impersonation.size() == 6);
  for (const std::string& warning : found.access->warnings) {
    CHECK_THAT(warning, !Catch::Contains("has no key"));
  }
}

TEST_CASE("keys that nobody reads are warned of: a misspelt one loses what it says") {
  LiveMachine machine;
  machine.kubeconfig(kubeconfig_of("token: t, tokn: canary", "serverr: x, server: 'https://c'"));
  const AccessFound found = machine.find();
  REQUIRE(found.access);
  REQUIRE(found.access->warnings.size() == 2);
  CHECK_THAT(found.access->warnings[0],
             Catch::Contains(":5: clusters[0].cluster has no key `serverr`: it is ignored"));
  CHECK_THAT(found.access->warnings[1],
             Catch::Contains("has no key `tokn`") && !Catch::Contains("canary"));
}

TEST_CASE("a kubeconfig with credentials that others may read is warned of") {
  LiveMachine machine;
  machine.kubeconfig(kubeconfig_of("token: t"));
  CHECK(machine.find().access->warnings.empty());
  std::filesystem::permissions(machine.folder / ".kube/config", std::filesystem::perms(0644));
  REQUIRE(machine.find().access->warnings.size() == 1);
  CHECK_THAT(machine.find().access->warnings[0], Catch::Contains("can be read by everybody"));
  machine.folder.write(".kube/config", kubeconfig_of(""));
  CHECK(machine.find().access->warnings.empty());
}

TEST_CASE("what cannot be used is refused in client-go's words, all of it at once") {
  LiveMachine machine;
  const auto refusal = [&machine](const std::string& user, const std::string& cluster) {
    machine.kubeconfig(kubeconfig_of(user, cluster));
    return told(machine.find().errors);
  };
  const std::string server = "server: 'https://c'";
  CHECK_THAT(refusal("", "tls-server-name: x"),
             Catch::Contains("no server found for cluster \"c\""));
  CHECK_THAT(refusal("", server + ", proxy-url: 'ftp://u:canary@p'"),
             Catch::Contains("invalid 'proxy-url' for cluster \"c\": unsupported scheme \"ftp\"") &&
                 !Catch::Contains("canary"));
  CHECK_THAT(refusal("", server + ", certificate-authority: x, certificate-authority-data: Y2E="),
             Catch::Contains("certificate-authority-data and certificate-authority are both") &&
                 Catch::Contains("unable to read certificate-authority for \"c\""));
  CHECK_THAT(
      refusal("", server + ", insecure-skip-tls-verify: true, certificate-authority-data: Y2E="),
      Catch::Contains("with the insecure flag is not allowed"));
  CHECK_THAT(refusal("", server + ", certificate-authority-data: Y2E="),
             Catch::Contains("unable to load root certificates"));
  CHECK_THAT(refusal("client-certificate: cert.pem", server),
             Catch::Contains("client-key-data or client-key must be specified for \"u\"") &&
                 Catch::Contains("unable to read client-certificate for \"u\"") &&
                 Catch::Contains("cert.pem cannot be opened (No such file or directory)"));
  CHECK_THAT(refusal("token: t, username: a", server),
             Catch::Contains("more than one authentication method found for \"u\""));
  CHECK_THAT(refusal("as-groups: [g]", server), Catch::Contains("without impersonating a user"));
  CHECK_THAT(refusal("tokenFile: none", server), Catch::Contains("none cannot be opened"));
  CHECK_THAT(refusal("exec: {}, auth-provider: {name: oidc}", server),
             Catch::Contains("authProvider cannot be provided") &&
                 Catch::Contains("command must be specified for \"u\"") &&
                 Catch::Contains("apiVersion must be specified") &&
                 Catch::Contains("interactiveMode must be specified"));
  CHECK_THAT(refusal("exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1, "
                     "interactiveMode: Sometimes}",
                     server),
             Catch::Contains("invalid apiVersion for \"u\"") &&
                 Catch::Contains("invalid interactiveMode for \"u\""));
  CHECK_THAT(refusal("token: x", "server: 'https://u:canary@c'"),
             Catch::Contains("holds a user name") && !Catch::Contains("canary"));
  CHECK_THAT(refusal("token: x", "server: 'c/path'"),
             Catch::Contains("host must be a URL or a host:port pair: \"c/path\""));
  AccessFlags flags;
  machine.kubeconfig(kubeconfig_of("token: x"));
  flags.name_space = "../secrets";
  CHECK_THAT(told(machine.find(flags).errors), Catch::Contains("is no name of a namespace"));
}

TEST_CASE("flags for trust replace what the kubeconfig says of it") {
  LiveMachine machine;
  machine.folder.write("ca.pem", kCertificate);
  machine.kubeconfig(kubeconfig_of("token: t", "server: 'https://c', certificate-authority: none"));
  AccessFlags flags;
  flags.insecure = true;
  CHECK(machine.find(flags).access->server.insecure);
  CHECK(machine.find(flags).access->server.ca_pem.empty());
  flags = {};
  flags.certificate_authority = "ca.pem";
  CHECK(machine.find(flags).access->server.ca_pem == kCertificate);
  machine.kubeconfig(
      kubeconfig_of("token: t", "server: 'https://c', insecure-skip-tls-verify: true"));
  CHECK_FALSE(machine.find(flags).access->server.insecure);
  flags.insecure = true;
  CHECK_THAT(told(machine.find(flags).errors), Catch::Contains("with the insecure flag"));
}

TEST_CASE("in a pod its service account is used where nothing else is configured") {
  LiveMachine machine;
  machine.folder.write("serviceaccount/token", "pod token\n");
  machine.folder.write("serviceaccount/ca.crt", kCertificate);
  machine.folder.write("serviceaccount/namespace", "meshcheck\n");
  CHECK_THAT(told(machine.find().errors), Catch::Contains("not running in a pod"));
  machine.host.environment.emplace_back("KUBERNETES_SERVICE_HOST=fd00::1");
  machine.host.environment.emplace_back("KUBERNETES_SERVICE_PORT=443");
  AccessFound found = machine.find();
  REQUIRE(found.access);
  CHECK(found.access->server.url == "https://[fd00::1]:443");
  CHECK(found.access->server.ca_pem == kCertificate);
  CHECK(found.access->name_space == "meshcheck");
  CHECK(found.access->context.empty());
  CHECK(authorization(found) == "Bearer pod token");

  machine.host.environment.emplace_back("POD_NAMESPACE=other");
  CHECK(machine.find().access->name_space == "other");
  // Its token is for its own server only.
  AccessFlags flags;
  flags.server = "https://elsewhere";
  CHECK(authorization(machine.find(flags)).empty());
  flags = {};
  flags.token = live::Secret("mine");
  CHECK(authorization(machine.find(flags)) == "Bearer mine");
  // A kubeconfig that was asked for is the only one.
  machine.folder.write("empty", "");
  flags.kubeconfig = "empty";
  CHECK_THAT(told(machine.find(flags).errors), Catch::Contains("no cluster configuration"));

  std::filesystem::remove(machine.folder / "serviceaccount/ca.crt");
  CHECK_THAT(told(machine.find().errors), Catch::Contains("unable to read certificate-authority"));
  machine.kubeconfig(kubeconfig_of("token: t"));
  CHECK(machine.find().access->server.url == "https://127.0.0.1:6443");
}

TEST_CASE("SSL_CERT_FILE and SSL_CERT_DIR are trusted where the kubeconfig names no authority") {
  LiveMachine machine;
  machine.kubeconfig(kubeconfig_of("token: t", "server: 'https://c'"));
  CHECK(machine.find().access->server.ca_pem.empty());
  machine.folder.write("mine.pem", kCertificate);
  machine.folder.write("roots.pem", kCertificate);
  machine.folder.write("folder/a", test::kOtherCertificate);
  machine.folder.write("folder/readme", "no certificate");
  machine.host.environment.emplace_back("SSL_CERT_FILE=mine.pem");
  machine.host.environment.emplace_back("SSL_CERT_DIR=folder:none");
  const std::string both =
      std::string(kCertificate) + "\n" + std::string(test::kOtherCertificate) + "\n";
  CHECK(machine.find().access->server.ca_pem == both);
  machine.host.environment.emplace_back("SSL_CERT_FILE=none");
  machine.host.environment.emplace_back("SSL_CERT_DIR=");
  std::filesystem::remove(machine.folder / "roots.pem");
  CHECK_THAT(told(machine.find().errors), Catch::Contains("SSL_CERT_FILE: names no readable"));
}

TEST_CASE("--all-contexts is every context of every kubeconfig") {
  LiveMachine machine;
  CHECK_THAT(told(live::context_names({}, machine.host).errors),
             Catch::Contains("--all-contexts: no context is defined"));
  machine.folder.write("one", kThree);
  machine.folder.write("two", "contexts: [{name: far}, {name: pay}]\n");
  machine.host.environment.emplace_back("KUBECONFIG=one:two");
  const live::ContextNames found = live::context_names({}, machine.host);
  CHECK(found.errors.empty());
  CHECK(found.names == std::vector<std::string>{"far", "odd", "pay", "shop"});
}
