// What the flags say of a cluster goes before what the kubeconfig says.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cli/options.h"
#include "kubeapi/relay.h"
#include "kubeapi/server.h"
#include "support/private_file.h"
#include "support/run_in.h"

using meshcheck::kubeapi::Relay;
using meshcheck::kubeapi::Server;
using meshcheck::test::contains;
using meshcheck::test::Ran;
using meshcheck::test::TemporaryFolder;

namespace {

using Words = std::vector<std::string>;

Ran audit(const TemporaryFolder& folder, const std::string& kubeconfig, const Words& more) {
  meshcheck::test::write_private(folder, "kubeconfig", kubeconfig);
  Words args = {"audit",        "--isolated", "--live",    "--no-drift",
                "--kubeconfig", "kubeconfig", "--fail-on", "never"};
  args.insert(args.end(), more.begin(), more.end());
  return meshcheck::test::run_in(folder, args);
}

// What every request says under this name; "-" where they do not agree.
std::string header(const Server& server, std::string_view name) {
  std::string said;
  for (const auto& request : server.requests()) {
    std::string here;
    for (const auto& [key, value] : request.headers) {
      if (key == name) here = value;
    }
    if (!said.empty() && said != here) return "-";
    said = here;
  }
  return said;
}

Words namespaces_of(const Words& args) {
  const auto line = meshcheck::cli::parse_command_line(args);
  REQUIRE(line);
  if (args.front() == "snapshot") return line->snapshot.live.namespaces;
  if (args.front() == "watch") return line->watch.live.namespaces;
  return line->audit.input.live.namespaces;
}

}  // namespace

TEST_CASE("a token of the command line goes before the kubeconfig's, and is never printed") {
  const TemporaryFolder folder;
  const Server server;
  const std::string wrong = server.kubeconfig("another");
  CHECK(audit(folder, wrong, {}).status == 3);
  const Ran ran = audit(folder, wrong, {"--token", "letmein", "-v"});
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK_FALSE(contains(ran.out + ran.err, "letmein"));
  folder.write("token", "letmein");
  const Ran both = audit(folder, wrong, {"--token", "letmein", "--token-file", "token"});
  CHECK(both.status == 2);
  CHECK(contains(both.err, "--token and --token-file are both given"));
  CHECK_FALSE(contains(both.err, "letmein"));
}

TEST_CASE("a user may be impersonated with what else is known of it") {
  const TemporaryFolder folder;
  const Server server;
  audit(folder, server.kubeconfig(),
        {"--as", "jane", "--as-user-extra", "scopes=a,b", "--as-user-extra", "reason=on call"});
  CHECK(header(server, "Impersonate-User") == "jane");
  CHECK(header(server, "Impersonate-Extra-scopes") == "a,b");
  CHECK(header(server, "Impersonate-Extra-reason") == "on call");
  const Ran wrong =
      audit(folder, server.kubeconfig(), {"--as", "jane", "--as-user-extra", "scopes"});
  CHECK(wrong.status == 2);
  CHECK(contains(wrong.err, "takes KEY=VALUE"));
}

TEST_CASE("a proxy of the command line is the one that is used") {
  const TemporaryFolder folder;
  const Server server;
  const Relay relay(Relay::Way::connect, server.port());
  const Ran ran = audit(folder, server.kubeconfig(), {"--proxy-url", "http://" + relay.address()});
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK_FALSE(relay.asked().empty());
}

TEST_CASE("answers come uncompressed to who asks for it") {
  const TemporaryFolder folder;
  Server server;
  audit(folder, server.kubeconfig(), {});
  CHECK(contains(header(server, "Accept-Encoding"), "gzip"));
  server.clear_requests();
  audit(folder, server.kubeconfig(), {"--disable-compression"});
  CHECK_FALSE(contains(header(server, "Accept-Encoding"), "gzip"));
}

TEST_CASE("-n is kubectl's where a cluster is read alone, and the files' where there are files") {
  const Words shop = {"shop"};
  CHECK(namespaces_of({"audit", "--live", "-n", "shop"}) == shop);
  CHECK(namespaces_of({"audit", "--live", "-nshop"}) == shop);
  CHECK(namespaces_of({"snapshot", "-o", "a.tar.gz", "-n", "shop"}) == shop);
  CHECK(namespaces_of({"watch", "--proxy-status", "-n", "shop"}) == shop);
  CHECK_FALSE(
      meshcheck::cli::parse_command_line({"audit", "--live", "-n", "a", "--namespace", "b"}));
  CHECK_FALSE(meshcheck::cli::parse_command_line({"audit", "-n", "a", "--default-namespace", "b"}));
  CHECK(namespaces_of({"audit", "--live", "-n", "shop", "deploy.yaml"}).empty());
  CHECK(namespaces_of({"audit", "--live", "-n", "shop", "-f", "deploy.yaml"}).empty());
  CHECK(namespaces_of({"audit", "--live", "-n", "shop", "-A"}).empty());
  CHECK(namespaces_of({"audit", "--live", "--default-namespace", "shop"}).empty());
  CHECK(namespaces_of({"audit", "-n", "shop"}).empty());
}

TEST_CASE("a typed -n goes before the environment") {
  ::setenv("MESHCHECK_DEFAULT_NAMESPACE", "a", 1);
  ::setenv("MESHCHECK_NAMESPACE", "a", 1);
  const auto files = meshcheck::cli::parse_command_line({"audit", "-n", "b", "in.yaml"});
  const Words live = namespaces_of({"audit", "--live", "-n", "b"});
  ::unsetenv("MESHCHECK_DEFAULT_NAMESPACE");
  ::unsetenv("MESHCHECK_NAMESPACE");
  REQUIRE(files);
  CHECK(files->audit.input.default_namespace == "b");
  CHECK(live == Words{"b"});
}
