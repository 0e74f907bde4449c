// Credential plugins: what they are told, what they may answer, how often they run, and everything
// that can go wrong with them.
#include "live/plugin.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#include <catch2/catch.hpp>

#include "live/find_access.h"
#include "support/live_machine.h"
#include "support/shell.h"

namespace fs = std::filesystem;
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

constexpr std::string_view kV1 = "client.authentication.k8s.io/v1";

std::string answer(const std::string& status, std::string_view version = kV1) {
  return "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" + std::string(version) +
         "\",\"status\":{" + status + "}}";
}

// A machine whose kubeconfig asks the plugin of the given script.
struct PluginMachine : LiveMachine {
  explicit PluginMachine(const std::string& body,
                         const std::string& more = "interactiveMode: Never",
                         const std::string& cluster = "server: 'https://127.0.0.1:1'") {
    script("plugin", "echo run >> " + folder / "runs" + "\n" + body);
    kubeconfig(kubeconfig_of("exec: {command: ../plugin, apiVersion: " + std::string(kV1) +
                                 (more.empty() ? "" : ", ") + more + "}",
                             cluster));
  }

  void prints(const std::string& text) const { folder.write("answer", text); }
  std::size_t runs() const {
    if (!fs::exists(folder / "runs")) return 0;
    return fs::file_size(folder / "runs") / 4;
  }
  std::string file(const std::string& name) const {
    return test::shell("cat " + test::shell_word(folder / name)).out;
  }
};

const std::string kCat = "cat \"$(dirname \"$0\")/answer\"\n";

std::string failure(const PluginMachine& machine, const AccessFlags& flags = {}) {
  const AccessFound found = machine.find(flags);
  if (!found.access) return told(found.errors);
  const auto auth = found.access->credentials->current();
  return auth ? "no failure" : told({auth.error()});
}

}  // namespace

TEST_CASE("a plugin runs when it is needed, with its arguments as they are and no shell") {
  PluginMachine machine(
      "printf '%s|' \"$0\" \"$@\" > \"$(dirname \"$0\")/arguments\"\n"
      "printf '%s' \"$KUBERNETES_EXEC_INFO\" > \"$(dirname \"$0\")/information\"\n"
      "printf '%s,%s' \"$A\" \"$HOME\" > \"$(dirname \"$0\")/environment\"\n"
      "ls /proc/self/fd > \"$(dirname \"$0\")/descriptors\"\n"
      "cat > \"$(dirname \"$0\")/input\"\n" +
          kCat,
      "interactiveMode: Never, args: ['a b', '$HOME', '-n'], "
      "env: [{name: A, value: one}, {name: A, value: 'two words'}]");
  machine.prints(answer("\"token\":\"canary\""));
  // Somebody else's descriptor that is inherited by mistake.
  const int leaked = ::dup(STDERR_FILENO);
  const AccessFound found = machine.find();
  REQUIRE(found.access);
  CHECK(machine.runs() == 0);
  const auto auth = found.access->credentials->current();
  ::close(leaked);
  REQUIRE(auth);
  CHECK(auth->authorization.reveal() == "Bearer canary");
  CHECK(machine.file("arguments") == machine.folder / "plugin" + "|a b|$HOME|-n|");
  CHECK(
      machine.file("information") ==
      R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}})"
      "\n");
  CHECK(machine.file("environment") == "two words," + machine.folder.path().string());
  // Those of ls: three and the folder that it reads.
  CHECK(machine.file("descriptors") == "0\n1\n2\n3\n");
  CHECK(machine.file("input").empty());
  CHECK(found.access->credentials->current()->generation == auth->generation);
  CHECK(machine.runs() == 1);
}

TEST_CASE("a plugin that wants to know the cluster is told what kubectl tells it, byte for byte") {
  const std::string cluster =
      "server: 'https://127.0.0.1:1/a<b&c', tls-server-name: 'xn--y', proxy-url: "
      "'http://127.0.0.1:3', disable-compression: true, certificate-authority: ../ca.pem, "
      "extensions: [{name: client.authentication.k8s.io/exec, extension: {z: 1, a: "
      "\"q<&>\\u00e9\\u2028\\b\\\\b\", m: [true, null, 7]}}]";
  PluginMachine machine(
      "printf '%s' \"$KUBERNETES_EXEC_INFO\" > \"$(dirname \"$0\")/information\"\n"
      "exit 1\n",
      "interactiveMode: Never, provideClusterInfo: true", cluster);
  machine.folder.write("ca.pem", kCertificate);
  const AccessFound found = machine.find();
  INFO(told(found.errors));
  REQUIRE(found.access);
  REQUIRE_FALSE(found.access->credentials->current());
  const std::string ours = machine.file("information");
  CHECK_THAT(ours, Catch::Contains("\"server\":\"https://127.0.0.1:1/a%3Cb\\u0026c\"") &&
                       Catch::Contains("\"config\":{\"a\":\"q\\u003c\\u0026\\u003e") &&
                       Catch::EndsWith("\"interactive\":false}}\n"));
  const std::string kubectl = "/usr/lib/google-cloud-sdk/bin/kubectl.1.33";
  if (!fs::exists(kubectl)) {
    WARN("no kubectl 1.33 here: what it tells plugins was not compared");
    return;
  }
  // It looks into the authority's file, and ours holds no certificate: one that it can read.
  if (test::shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " +
                  machine.folder / "key" + " -out " + machine.folder / "ca.pem" +
                  " -days 3 -subj /CN=x 2>/dev/null")
          .status != 0) {
    WARN("no openssl here: what kubectl tells plugins was not compared");
    return;
  }
  REQUIRE_FALSE(machine.find().access->credentials->current());
  const std::string with_authority = machine.file("information");
  test::shell("HOME=" + test::shell_word(machine.folder.path().string()) +
              " KUBECONFIG= timeout 20 " + kubectl + " get --raw /x >/dev/null 2>&1");
  CHECK(machine.file("information") == with_authority);
}

TEST_CASE("a plugin answers in JSON or YAML, with a token, a certificate or both") {
  PluginMachine machine(kCat);
  const auto current = [&machine](const std::string& text) {
    machine.prints(text);
    const auto auth = machine.find().access->credentials->current();
    REQUIRE(auth);
    return auth.value();
  };
  CHECK(current("kind: ExecCredential\napiVersion: client.authentication.k8s.io/v1\nstatus:\n"
                "  token: canary\n  expirationTimestamp: 2030-01-01T00:00:00Z\n")
            .authorization.reveal() == "Bearer canary");
  const std::string pair =
      "\"clientCertificateData\":\"-----BEGIN CERTIFICATE-----\\nYQ==\\n"
      "-----END CERTIFICATE-----\\n\",\"clientKeyData\":\"-----BEGIN PRIVATE "
      "KEY-----\\nYQ==\\n-----END PRIVATE KEY-----\\n\"";
  Auth auth = current(answer(pair));
  CHECK(auth.authorization.empty());
  CHECK_THAT(auth.certificate_pem, Catch::StartsWith("-----BEGIN CERTIFICATE-----\n"));
  auth = current(answer(pair + ",\"token\":\"t\""));
  CHECK(auth.authorization.reveal() == "Bearer t");
  CHECK_FALSE(auth.key_pem.empty());
}

TEST_CASE("a wrong answer is refused in words that repeat nothing of it") {
  PluginMachine machine(kCat);
  const auto refusal = [&machine](const std::string& text) {
    machine.prints(text);
    const std::string said = failure(machine);
    CHECK_THAT(said, Catch::StartsWith("user \"u\": ") && !Catch::Contains("canary"));
    return said;
  };
  const std::string token = "\"token\":\"canary\"";
  CHECK_THAT(refusal(""), Catch::Contains("decoding stdout: it is empty"));
  CHECK_THAT(refusal("{\"token\": canary"), Catch::Contains("decoding stdout"));
  CHECK_THAT(refusal("canary"), Catch::Contains("it is no ExecCredential"));
  CHECK_THAT(refusal("{\"kind\":\"canary\"}"), Catch::Contains("kind is not ExecCredential"));
  CHECK_THAT(
      refusal(answer(token, "client.authentication.k8s.io/v1beta1")),
      Catch::Contains("configured to use API version client.authentication.k8s.io/v1, plugin "
                      "returned version client.authentication.k8s.io/v1beta1"));
  CHECK_THAT(refusal(answer(token, "canary")), Catch::Contains("plugin returned version"));
  CHECK_THAT(refusal("{\"kind\":\"ExecCredential\",\"apiVersion\":\"" + std::string(kV1) + "\"}"),
             Catch::Contains("didn't return a status field"));
  CHECK_THAT(refusal(answer("")), Catch::Contains("didn't return a token or cert/key pair"));
  CHECK_THAT(refusal(answer("\"token\":17")), Catch::Contains("a field of its status is not text"));
  CHECK_THAT(refusal(answer("\"clientKeyData\":\"canary\"")),
             Catch::Contains("returned only certificate or key, not both"));
  CHECK_THAT(refusal(answer("\"clientKeyData\":\"canary\",\"clientCertificateData\":\"canary\"")),
             Catch::Contains("failed parsing client key/certificate"));
  CHECK_THAT(refusal(answer(token + ",\"expirationTimestamp\":\"canary\"")),
             Catch::Contains("expirationTimestamp is no time"));
  CHECK_THAT(refusal(answer("\"token\":\"canary\\r\\nImpersonate-User: x\"")),
             Catch::Contains("a token with a line end"));
}

TEST_CASE("a plugin that does not run is one message, and is not tried again") {
  PluginMachine machine("exit 3\n", "interactiveMode: Never, installHint: \"get \\u001b[31mit\"");
  const std::string path = machine.folder / "plugin";
  AccessFound found = machine.find();
  const auto first = found.access->credentials->current();
  const auto second = found.access->credentials->current();
  CHECK(told({first.error()}) == "user \"u\": exec: executable " + path +
                                     " failed with exit code 3 (what it said stands above; sign in "
                                     "with it again)\n");
  CHECK(second.error().message == first.error().message);
  CHECK(machine.runs() == 1);

  machine.script("plugin", "kill -9 $$\n");
  CHECK_THAT(failure(machine), Catch::Contains("was ended by signal 9"));
  fs::permissions(path, fs::perms::owner_read);
  CHECK_THAT(failure(machine), Catch::Contains("exec: fork/exec " + path + ": Permission denied"));
  machine.folder.write("plugin", "#!/no/such/shell\n");
  fs::permissions(path, fs::perms::owner_all);
  CHECK_THAT(failure(machine), Catch::Contains("fork/exec") && Catch::Contains("No such file"));
  fs::remove(path);
  CHECK_THAT(failure(machine), Catch::Contains("exec: executable " + path + " not found") &&
                                   Catch::Contains("get U+001B[31mit"));
}

TEST_CASE("a plugin is looked for in the absolute folders of PATH and nowhere else") {
  LiveMachine machine;
  const std::string body = "echo '" + answer("\"token\":\"t\"") + "'\n";
  machine.script("here", body);
  machine.script(".kube/here", body);
  machine.script("bin/there", body);
  const auto found = [&machine](const std::string& command) {
    machine.kubeconfig(kubeconfig_of("exec: {command: " + command + ", apiVersion: " +
                                     std::string(kV1) + ", interactiveMode: Never}"));
    return machine.find();
  };
  machine.host.environment.push_back("PATH=.::bin:" + machine.folder / "bin:/usr/bin:/bin");
  CHECK_THAT(told(found("here").errors), Catch::Contains("exec: executable here not found"));
  CHECK(found("there").access->credentials->current());
  CHECK(found("./here").access->credentials->current());
}

TEST_CASE("a plugin that hangs or prints without end is ended") {
  AccessFlags flags;
  flags.exec_timeout = std::chrono::milliseconds(300);
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THAT(failure(PluginMachine("exec sleep 100\n"), flags),
             Catch::Contains("did not answer within 0.3 s"));
  // It closes its output and goes on; it does not hear that it is to end.
  CHECK_THAT(failure(PluginMachine("exec >&-\ntrap '' TERM\nwhile :; do sleep 0.1; done\n"), flags),
             Catch::Contains("did not answer within"));
  CHECK_THAT(failure(PluginMachine("exec yes\n")), Catch::Contains("printed more than 1 MiB"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
  // What it leaves behind holds its output open.
  PluginMachine machine("sleep 5 2>&- &\n" + kCat);
  machine.prints(answer("\"token\":\"t\""));
  CHECK(failure(machine) == "no failure");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}

TEST_CASE("a plugin may ask a person only where there is one") {
  const auto found = [](const std::string& mode, bool terminal, bool reads) {
    PluginMachine machine("printf '%s' \"$KUBERNETES_EXEC_INFO\" >&2\n" + kCat,
                          "interactiveMode: " + mode);
    machine.host.stdin_is_terminal = terminal;
    machine.host.reads_stdin = reads;
    return told(machine.find().errors);
  };
  CHECK(found("Never", false, true).empty());
  CHECK(found("IfAvailable", false, true).empty());
  CHECK(found("Always", true, false).empty());
  CHECK_THAT(found("Always", false, false), Catch::Contains("standard input is not a terminal"));
  CHECK_THAT(found("Always", true, true), Catch::Contains("standard input is used"));
  live::PluginConfig plugin;
  plugin.interactive_mode = "IfAvailable";
  live::Host host;
  host.stdin_is_terminal = true;
  CHECK(live::may_prompt(plugin, host).value());
  host.reads_stdin = true;
  CHECK_FALSE(live::may_prompt(plugin, host).value());
}

TEST_CASE("an answer is kept until it expires, and asked for again in time") {
  PluginMachine machine(kCat);
  const auto prints = [&machine](const char* token, const char* until) {
    machine.prints(answer("\"token\":\"" + std::string(token) + "\",\"expirationTimestamp\":\"" +
                          until + "\""));
  };
  prints("one", "2026-11-22T00:10:00Z");
  const AccessFound found = machine.find();
  live::Credentials& credentials = *found.access->credentials;
  const Auth first = credentials.current().value();
  prints("two", "2026-11-22T00:15:00Z");
  machine.now += std::chrono::seconds(589);
  CHECK(credentials.current()->authorization.reveal() == "Bearer one");
  machine.now += std::chrono::seconds(1);
  const Auth second = credentials.current().value();
  CHECK(second.authorization.reveal() == "Bearer two");
  CHECK(second.generation != first.generation);
  CHECK(machine.runs() == 2);

  // One that has expired when it comes is used, and the plugin is left alone for a while.
  machine.now += std::chrono::hours(1);
  CHECK(credentials.current());
  CHECK(credentials.current());
  machine.now += std::chrono::seconds(29);
  CHECK(credentials.current());
  CHECK(machine.runs() == 3);
  machine.now += std::chrono::seconds(1);
  CHECK(credentials.current());
  CHECK(machine.runs() == 4);
  REQUIRE(machine.warned.size() == 1);
  CHECK_THAT(machine.warned[0], Catch::Contains("had expired when it came"));
}

TEST_CASE("after a refusal the plugin is asked once for each credential") {
  PluginMachine machine(kCat);
  machine.prints(answer("\"token\":\"one\""));
  const AccessFound found = machine.find();
  live::Credentials& credentials = *found.access->credentials;
  const Auth old = credentials.current().value();
  machine.prints(answer("\"token\":\"two\""));
  auto newer = credentials.refresh(old);
  REQUIRE((newer && newer.value()));
  CHECK(newer.value()->authorization.reveal() == "Bearer two");
  // Requests that were refused with the old one at the same time share the answer.
  CHECK(credentials.refresh(old).value()->authorization.reveal() == "Bearer two");
  CHECK(machine.runs() == 2);
  const Auth refused = *newer.value();
  CHECK_FALSE(credentials.refresh(refused).value());
  CHECK_FALSE(credentials.refresh(refused).value());
  CHECK(machine.runs() == 3);
}

TEST_CASE("many threads ask at once and the plugin runs once") {
  PluginMachine machine("sleep 0.2\n" + kCat);
  machine.prints(answer("\"token\":\"t\""));
  const AccessFound found = machine.find();
  std::atomic<int> served = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      if (found.access->credentials->current()) ++served;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(served == 16);
  CHECK(machine.runs() == 1);
}

TEST_CASE("a token, a password or a certificate beside a plugin is used in its place") {
  LiveMachine machine;
  machine.script("plugin", "touch \"$(dirname \"$0\")/ran\"\n");
  const std::string plugin =
      "exec: {command: ../plugin, apiVersion: " + std::string(kV1) + ", interactiveMode: Never}";
  machine.kubeconfig(kubeconfig_of(plugin + ", token: t"));
  CHECK(machine.find().access->credentials->current()->authorization.reveal() == "Bearer t");
  machine.kubeconfig(kubeconfig_of(plugin));
  AccessFlags flags;
  flags.token = live::Secret("flag");
  CHECK(machine.find(flags).access->credentials->current()->authorization.reveal() ==
        "Bearer flag");
  CHECK_FALSE(fs::exists(machine.folder / "ran"));
}

TEST_CASE("which plugins may run is said by a flag, or by kubectl's preferences") {
  PluginMachine machine(kCat);
  machine.prints(answer("\"token\":\"t\""));
  AccessFlags flags;
  flags.exec_plugins = "deny";
  CHECK_THAT(failure(machine, flags), Catch::StartsWith("--exec-plugins: the exec plugin") &&
                                          Catch::Contains("may not run"));
  flags.exec_plugins = "aws, " + machine.folder / "plugin";
  CHECK(failure(machine, flags) == "no failure");
  flags.exec_plugins = "plugin";
  CHECK_THAT(failure(machine, flags), Catch::Contains("is not among those that may"));
  machine.host.environment.push_back("PATH=" + machine.folder.path().string() + ":/usr/bin:/bin");
  CHECK(failure(machine, flags) == "no failure");

  machine.folder.write(".kube/kuberc",
                       "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n"
                       "credentialPluginPolicy: DenyAll\n");
  CHECK_THAT(failure(machine), Catch::Contains(".kube/kuberc: the exec plugin"));
  flags.exec_plugins = "allow";
  CHECK(failure(machine, flags) == "no failure");
  machine.folder.write(".kube/kuberc",
                       "credentialPluginPolicy: Allowlist\n"
                       "credentialPluginAllowlist: [{command: plugin}, {name: x}]\n");
  CHECK(failure(machine) == "no failure");
  machine.folder.write(".kube/kuberc",
                       "credentialPluginPolicy: Allowlist\n"
                       "credentialPluginAllowlist: [{command: x}]\n");
  CHECK_THAT(failure(machine), Catch::Contains("is not among those that may"));
  machine.host.environment.emplace_back("KUBERC=off");
  CHECK(failure(machine) == "no failure");
  machine.host.environment.emplace_back("KUBERC=other");
  machine.folder.write("other", "[broken");
  CHECK(failure(machine) == "no failure");
}
