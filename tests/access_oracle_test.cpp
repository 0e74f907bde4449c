// What kubectl refuses to connect with, we refuse; what it takes, we take. Nothing listens at the
// server: to be refused by the network is to be taken.
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/live_machine.h"
#include "support/shell.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using live::AccessFlags;
using test::kubeconfig_of;
using test::LiveMachine;
using test::told;

namespace {

struct Row {
  std::string user;
  std::string cluster = "server: 'https://127.0.0.1:1'";
  std::string flags = {};  // of kubectl
  AccessFlags ours = {};
};

Row with(std::string flags, AccessFlags ours, std::string user = "token: t",
         std::string cluster = "server: 'https://127.0.0.1:1', tls-server-name: x") {
  return {std::move(user), std::move(cluster), std::move(flags), std::move(ours)};
}

AccessFlags flags_of(const auto& set) {
  AccessFlags flags;
  set(flags);
  return flags;
}

std::vector<Row> rows() {
  const std::string url = "server: 'https://127.0.0.1:1'";
  const std::string plugin = "command: /bin/false, apiVersion: client.authentication.k8s.io/v1";
  return {
      {"token: t"},
      {""},
      {"username: a, password: b"},
      {"token: t, username: a"},
      {"token: t, password: b"},
      {"tokenFile: ../token"},
      {"tokenFile: ../none"},
      {"token: t, tokenFile: ../none"},
      {"tokenFile: ../token, username: a"},
      {"tokenFile: ../blank"},
      {"token: \"t\\nx\""},
      {"client-certificate: ../cert.pem"},
      {"client-certificate: ../none, client-key: ../key.pem"},
      {"client-certificate: ../cert.pem, client-key: ../none"},
      {"client-certificate: ../cert.pem, client-key: ../key.pem"},
      {"client-certificate: ../cert.pem, client-key: ../key.pem, token: t"},
      {"client-certificate: ../cert.pem, client-certificate-data: eA==, client-key: ../key.pem"},
      {"client-certificate: ../cert.pem, client-key-data: eA==, client-key: ../key.pem"},
      {"client-certificate-data: eA==, client-key-data: eA=="},
      {"client-key: ../none"},
      {"as: a, as-groups: [g]"},
      {"as-groups: [g]"},
      {"as-uid: u"},
      {"as-user-extra: {a: [b]}"},
      {"exec: {" + plugin + "}"},
      {"exec: {" + plugin + ", interactiveMode: Often}"},
      {"exec: {command: x, interactiveMode: Never}"},
      {"exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"},
      {"exec: {" + plugin + "alpha1, interactiveMode: Never}"},
      {"exec: {" + plugin + ", interactiveMode: Never, env: [{value: x}]}"},
      {"exec: {" + plugin + ", interactiveMode: Never}, auth-provider: {name: oidc}"},
      {"exec: {" + plugin + "}, token: t"},
      {"auth-provider: {name: gcp}"},
      {"auth-provider: {name: what}"},
      {"token: t", "server: ''"},
      {"token: t", "tls-server-name: x"},
      {"token: t", "server: '127.0.0.1:1'"},
      {"token: t", "server: '127.0.0.1:1/path'"},
      {"token: t", "server: '[::1]:1'"},
      {"token: t", "server: 'https://[::1'"},
      {"token: t", "server: 'https://127.0.0.1:1/p?q#f'"},
      {"token: t", "server: 'https://127.0.0.1:99999999'"},
      {"token: t", url + ", proxy-url: 'socks5://127.0.0.1:1'"},
      {"token: t", url + ", proxy-url: 'ftp://127.0.0.1:1'"},
      {"token: t", url + ", proxy-url: '127.0.0.1:1'"},
      {"token: t", url + ", certificate-authority: ../ca.pem"},
      {"token: t", url + ", certificate-authority: ../none"},
      {"token: t", url + ", certificate-authority: ../token"},
      {"token: t", url + ", certificate-authority: ../ca.pem, certificate-authority-data: eA=="},
      {"token: t", url + ", certificate-authority: ../ca.pem, insecure-skip-tls-verify: true"},
      {"token: t", url + ", insecure-skip-tls-verify: true"},
      {"token: t", "server: 'http://127.0.0.1:1', certificate-authority: ../none"},
      {"tokenFile: ../none", "server: 'http://127.0.0.1:1'"},
      with("--context gone", flags_of([](auto& f) { f.context = "gone"; })),
      with("--context here", flags_of([](auto& f) { f.context = "here"; })),
      with("--cluster gone", flags_of([](auto& f) { f.cluster = "gone"; })),
      with("--user gone", flags_of([](auto& f) { f.user = "gone"; })),
      with("--kubeconfig gone", flags_of([](auto& f) { f.kubeconfig = "gone"; })),
      with("--token x", flags_of([](auto& f) { f.token = live::Secret("x"); })),
      with("--token x", flags_of([](auto& f) { f.token = live::Secret("x"); }), "username: a"),
      with("--as-group g", flags_of([](auto& f) { f.as_group = {"g"}; })),
      with("--as-group g --as a", flags_of([](auto& f) { f.as_group = {"g"}, f.as = "a"; })),
      with("--as-group g", flags_of([](auto& f) { f.as_group = {"g"}; }), "as: a"),
      with("--insecure-skip-tls-verify", flags_of([](auto& f) { f.insecure = true; }), "token: t",
           url + ", certificate-authority: ../none"),
      with("--certificate-authority ca.pem",
           flags_of([](auto& f) { f.certificate_authority = "ca.pem"; }), "token: t",
           url + ", certificate-authority-data: eA==, insecure-skip-tls-verify: true"),
      with("--certificate-authority none",
           flags_of([](auto& f) { f.certificate_authority = "none"; })),
      with("--client-certificate cert.pem",
           flags_of([](auto& f) { f.client_certificate = "cert.pem"; })),
      with("--client-certificate cert.pem --client-key key.pem",
           flags_of([](auto& f) { f.client_certificate = "cert.pem", f.client_key = "key.pem"; }),
           "token: t"),
      with("--server https://127.0.0.1:2",
           flags_of([](auto& f) { f.server = "https://127.0.0.1:2"; }), "token: t", "server: ''"),
  };
}

}  // namespace

TEST_CASE("kubectl connects with what we connect with, and refuses what we refuse") {
  const std::string kubectl = "/usr/lib/google-cloud-sdk/bin/kubectl.1.33";
  if (!fs::exists(kubectl)) {
    WARN("no kubectl 1.33 here: skipped");
    return;
  }
  LiveMachine machine;
  const std::string folder = test::shell_word(machine.folder.path().string());
  if (test::shell("cd " + folder +
                  " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                  "-keyout key.pem -out cert.pem -days 3 -subj /CN=x 2>/dev/null && cp cert.pem "
                  "ca.pem")
          .status != 0) {
    WARN("no openssl here: skipped");
    return;
  }
  machine.folder.write("token", "t");
  machine.folder.write("blank", " \n");
  for (const Row& row : rows()) {
    machine.kubeconfig(kubeconfig_of(row.user, row.cluster));
    const std::string said = test::shell("cd " + folder + " && HOME=$PWD KUBECONFIG= " + kubectl +
                                         " get --raw /x " + row.flags + " 2>&1")
                                 .out;
    const auto says = [&said](const char* words) { return said.find(words) != std::string::npos; };
    // A plugin that fails was taken as one, and ran. Who has no credentials is asked for some by
    // kubectl, and goes on as nobody with us. Its server of last resort is no server to us.
    const bool taken = (says("was refused") || says("connection refused") ||
                        says("executable /bin/false failed") || says("enter Username")) &&
                       !says("localhost:8080");
    const live::AccessFound found = machine.find(row.ours);
    INFO("user: " << row.user << "\ncluster: " << row.cluster << "\nflags: " << row.flags
                  << "\nkubectl: " << said << "\nmeshcheck: " << told(found.errors));
    CHECK(found.access.has_value() == taken);
  }
}
