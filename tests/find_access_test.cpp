// From kubeconfig, flags, environment and pod to a server and credentials; and what is said where
// that cannot be.
#include "live/find_access.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "support/live_machine.h"

using namespace meshcheck;
using live::AccessFlags;
using live::AccessFound;
using live::Auth;
using test::kCertificate;
using test::kKey;
using test::kubeconfig_of;
using test::LiveMachine;
using test::told;

namespace {

std::string authorization(const AccessFound& found) {
  REQUIRE(found.access);
  const auto auth = found.access->credentials->current();
  REQUIRE(auth);
  return std::string(auth.value().authorization.reveal());
}

using Headers = std::vector<std::pair<std::string, std::string>>;

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

TEST_CASE("what holds a line end would be two headers, and is refused") {
  LiveMachine machine;
  for (const char* user :
       {R"(token: "canary\r\nImpersonate-User: eve")", R"(username: "canary\nx", password: p)",
        R"(username: x, password: "canary\u007f")", R"(as: "canary\nx")",
        R"(as: x, as-groups: ["canary\r"])", R"(as: x, as-uid: "canary\0")",
        R"(as: x, as-user-extra: {a: ["canary\n"]})"}) {
    machine.kubeconfig(kubeconfig_of(user));
    const std::string text = told(machine.find().errors);
    INFO(user);
    CHECK_THAT(text, Catch::Contains("holds a line end") && !Catch::Contains("canary"));
  }
  machine.folder.write("token", "one\ntwo\n");
  machine.kubeconfig(kubeconfig_of("tokenFile: ../token"));
  CHECK_THAT(told(machine.find().errors), Catch::Contains("holds more than one line"));
}

TEST_CASE("impersonation is headers, with keys that may stand in one") {
  LiveMachine machine;
  machine.kubeconfig(
      kubeconfig_of("token: t, as: ann, as-uid: '7', as-groups: [b, a], "
                    "as-user-extra: {'Example.com/Two Words%': [x, z]}"));
  CHECK(machine.find().access->impersonation ==
        Headers{{"Impersonate-User", "ann"},
                {"Impersonate-Uid", "7"},
                {"Impersonate-Group", "b"},
                {"Impersonate-Group", "a"},
                {"Impersonate-Extra-example.com%2Ftwo%20words%25", "x"},
                {"Impersonate-Extra-example.com%2Ftwo%20words%25", "z"}});
  AccessFlags flags;
  flags.as = "eve";
  flags.as_group = {"g"};
  flags.as_user_extra = {"scopes=a=b", "scopes=c"};
  machine.kubeconfig(kubeconfig_of("token: t"));
  CHECK(machine.find(flags).access->impersonation == Headers{{"Impersonate-User", "eve"},
                                                             {"Impersonate-Group", "g"},
                                                             {"Impersonate-Extra-scopes", "a=b"},
                                                             {"Impersonate-Extra-scopes", "c"}});
  flags.as_user_extra = {"scopes"};
  CHECK(told(machine.find(flags).errors) ==
        "--as-user-extra: takes KEY=VALUE (--as-user-extra scopes=view)\n");
}

TEST_CASE("no credential goes to a server that is not encrypted") {
  LiveMachine machine;
  machine.script("plugin", "touch ran\n");
  for (const char* user :
       {"token: canary", "username: a, password: canary",
        "exec: {command: ../plugin, apiVersion: client.authentication.k8s.io/v1, "
        "interactiveMode: Always}"}) {
    machine.kubeconfig(kubeconfig_of(user, "server: 'http://c'"));
    const AccessFound found = machine.find();
    CHECK(authorization(found).empty());
    REQUIRE(found.access->warnings.size() == 1);
    CHECK(found.access->warnings[0] == "http://c is not encrypted: credentials are not sent to it");
  }
  // Without a scheme what else is said decides, as in client-go.
  machine.kubeconfig(kubeconfig_of("token: t", "server: 'c:1'"));
  CHECK(machine.find().access->server.url == "http://c:1");
  machine.kubeconfig(kubeconfig_of("token: t", "server: 'c:1', insecure-skip-tls-verify: true"));
  const AccessFound found = machine.find();
  CHECK(found.access->server.url == "https://c:1");
  CHECK(found.access->server.insecure);
  REQUIRE(found.access->warnings.size() == 1);
  CHECK_THAT(found.access->warnings[0], Catch::Contains("is not verified"));
  CHECK(authorization(found) == "Bearer t");
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

TEST_CASE("certificates come from data and files, relative to the file that names them") {
  LiveMachine machine;
  machine.folder.write(".kube/tls/cert.pem", kCertificate);
  machine.folder.write(".kube/tls/key.pem", kKey);
  machine.kubeconfig(
      kubeconfig_of("client-certificate: tls/cert.pem, client-key: tls/key.pem, token: t"));
  AccessFound found = machine.find();
  REQUIRE(found.access);
  auto auth = found.access->credentials->current();
  CHECK(auth->certificate_pem == kCertificate);
  CHECK(auth->key_pem.reveal() == kKey);
  CHECK(auth->authorization.reveal() == "Bearer t");

  // Changed files are read again, and make another credential; half of a change waits.
  const auto generation = auth->generation;
  machine.folder.write(".kube/tls/cert.pem", "half");
  machine.now += std::chrono::seconds(2);
  CHECK(found.access->credentials->current()->certificate_pem == kCertificate);
  CHECK(found.access->credentials->current()->generation == generation);
  REQUIRE(machine.warned.size() == 1);
  machine.folder.write(".kube/tls/cert.pem", test::kOtherCertificate);
  machine.now += std::chrono::seconds(2);
  auth = found.access->credentials->current();
  CHECK(auth->certificate_pem == test::kOtherCertificate);
  CHECK(auth->generation != generation);

  // Flags are relative to where we are, and replace data, too.
  machine.folder.write("my.crt", kCertificate);
  machine.folder.write("my.key", kKey);
  machine.kubeconfig(kubeconfig_of("client-certificate-data: eA==, client-key-data: eA=="));
  CHECK_THAT(told(machine.find().errors), Catch::Contains("failed parsing client certificate"));
  AccessFlags flags;
  flags.client_certificate = "my.crt";
  flags.client_key = "my.key";
  CHECK(machine.find(flags).access->credentials->current()->key_pem.reveal() == kKey);
  machine.folder.write("my.key",
                       "-----BEGIN ENCRYPTED PRIVATE KEY-----\nYQ==\n"
                       "-----END ENCRYPTED PRIVATE KEY-----\n");
  CHECK_THAT(told(machine.find(flags).errors), Catch::Contains("protected by a passphrase"));
}

TEST_CASE("a token file beats the token, is read again as it ages, and at once after a refusal") {
  LiveMachine machine;
  machine.folder.write("token", " first \n");
  machine.kubeconfig(kubeconfig_of("token: fallback, tokenFile: ../token"));
  const AccessFound found = machine.find();
  CHECK(authorization(found) == "Bearer first");
  live::Credentials& credentials = *found.access->credentials;

  machine.folder.write("token", "second");
  machine.now += std::chrono::seconds(49);
  CHECK(authorization(found) == "Bearer first");
  machine.now += std::chrono::seconds(1);
  CHECK(authorization(found) == "Bearer second");

  machine.folder.write("token", "third");
  const Auth refused = credentials.current().value();
  auto newer = credentials.refresh(refused);
  REQUIRE((newer && newer.value()));
  CHECK(newer.value()->authorization.reveal() == "Bearer third");
  CHECK(newer.value()->generation != refused.generation);
  // Another thread that was refused with the old one gets what is there by now.
  newer = credentials.refresh(refused);
  REQUIRE((newer && newer.value()));
  CHECK_FALSE(credentials.refresh(*newer.value()).value());

  machine.folder.write("token", " \n");
  machine.now += std::chrono::minutes(1);
  CHECK(authorization(found) == "Bearer third");
  REQUIRE(machine.warned.size() == 1);
  CHECK_THAT(machine.warned[0],
             Catch::Contains("read empty token from file") && !Catch::Contains("third"));
  // Where the file never was, the token stands in for it.
  std::filesystem::remove(machine.folder / "token");
  CHECK(authorization(machine.find()) == "Bearer fallback");
}

TEST_CASE("a token on the command line beats all of the kubeconfig's") {
  LiveMachine machine;
  machine.folder.write("token", "file");
  machine.folder.write("mine", "flag file");
  machine.kubeconfig(kubeconfig_of("token: written, tokenFile: ../token"));
  AccessFlags flags;
  flags.token = live::Secret("flag");
  CHECK(authorization(machine.find(flags)) == "Bearer flag");
  flags.token_file = "mine";
  CHECK_THAT(told(machine.find(flags).errors), Catch::Contains("both given"));
  flags.token = live::Secret();
  CHECK(authorization(machine.find(flags)) == "Bearer flag file");
}

TEST_CASE("the built-in ways to sign in are gone, but for a token that is valid still") {
  LiveMachine machine;
  const auto provider = [&machine](const std::string& text) {
    machine.kubeconfig(kubeconfig_of("auth-provider: {name: " + text + "}"));
    return machine.find();
  };
  CHECK_THAT(told(provider("gcp").errors), Catch::Contains("gke-gcloud-auth-plugin"));
  CHECK_THAT(told(provider("azure").errors), Catch::Contains("kubelogin"));
  CHECK_THAT(told(provider("other").errors), Catch::Contains("no Auth Provider found"));
  // {"exp":1795305600}, which is midnight of 2026-11-22.
  const std::string token = "oidc, config: {id-token: eyJ9.eyJleHAiOjE3OTUzMDU2MDB9.x}";
  CHECK_THAT(told(provider(token).errors), Catch::Contains("has expired"));
  machine.now -= std::chrono::minutes(1);
  CHECK(authorization(provider(token)) == "Bearer eyJ9.eyJleHAiOjE3OTUzMDU2MDB9.x");
  CHECK_THAT(told(provider("oidc, config: {id-token: a.b.c}").errors),
             Catch::Contains("no JSON Web Token"));
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
