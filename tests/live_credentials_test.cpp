// What a user entry and the flags make of requests: tokens, passwords, certificates, impersonation.
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "live/find_access.h"
#include "support/live_machine.h"

using namespace meshcheck;
using live::AccessFlags;
using live::AccessFound;
using live::Auth;
using test::authorization;
using test::kCertificate;
using test::kKey;
using test::kubeconfig_of;
using test::LiveMachine;
using test::told;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

}  // namespace

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
