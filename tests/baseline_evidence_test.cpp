// What a run must have seen before it calls an entry of a baseline, or a suppression, out of use.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/run_in.h"

using namespace meshcheck;
using test::contains;
using test::Ran;
using test::TemporaryFolder;

namespace {

std::string workload(const std::string& cpu, const std::string& comment = "") {
  return "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: "
         "enabled}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: "
         "shop}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n"
         "      labels: {app: web}\n      annotations:\n        sidecar.istio.io/proxyCPU: \"" +
         cpu + "\"" + comment +
         "\n        sidecar.istio.io/proxyMemory: 128Mi\n"
         "    spec: {containers: [{name: web, image: web}]}\n";
}

constexpr const char* kKustomization =
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [it.yaml]\n";

// Two applications that share nothing, each a mesh of its own.
struct Repository {
  Repository() {
    folder.write("app/kustomization.yaml", kKustomization);
    folder.write("app/it.yaml", workload("nonsense"));
    folder.write("policies/kustomization.yaml", kKustomization);
    folder.write("policies/it.yaml",
                 "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
                 "metadata: {name: p, namespace: pay}\nspec: {action: ALLOW, rules: [{}]}\n");
  }

  Ran run(std::vector<std::string> args, const std::vector<std::string>& more = {}) const {
    args.insert(args.end(), {"--now", "2026-11-27"});
    args.insert(args.end(), more.begin(), more.end());
    return test::run_in(folder, args);
  }
  Ran audit(const std::vector<std::string>& more = {}) const {
    return run({"audit", ".", "--select", "MC003,MC404", "--fail-on", "info", "--baseline",
                "meshcheck-baseline.json"},
               more);
  }

  TemporaryFolder folder;
};

std::string message(const std::string& code) {
  return R"([{"level": "Error", "message": "x", "code": ")" + code +
         R"(", "origin": "VirtualService shop/cart"}])";
}

}  // namespace

TEST_CASE("what is mended in one folder is stale though another has no such thing") {
  const Repository repository;
  repository.run({"baseline", "write", ".", "--select", "MC404"});
  CHECK(repository.audit().status == 0);
  repository.folder.write("app/it.yaml", workload("100m"));
  const Ran mended = repository.audit();
  CHECK(mended.status == 1);
  CHECK(contains(mended.err, "accepts what is gone"));
}

TEST_CASE("a suppression that is of no use is told though another folder has no such thing") {
  const Repository repository;
  repository.folder.write("app/it.yaml", workload("100m", "  # meshcheck: ignore[MC404] for now"));
  const Ran ran = repository.run({"audit", ".", "--select", "MC003,MC404", "-o", "concise"});
  INFO(ran.out);
  CHECK(contains(ran.out, "app/it.yaml:14:"));
  CHECK(contains(ran.out, "[MC003]"));
}

TEST_CASE("what istioctl analyze no longer says is stale where it was asked again") {
  const TemporaryFolder folder;
  folder.write("in.yaml", workload("100m", "  # meshcheck: ignore[IST0118] named so on purpose"));
  folder.write("said.json", message("IST0101"));
  const auto with = [&](std::vector<std::string> args) {
    args.insert(args.end(), {"in.yaml", "--now", "2026-11-27"});
    return test::run_in(folder, args);
  };
  const std::vector<std::string> audit = {"audit", "--baseline", "meshcheck-baseline.json"};
  const auto asked = [&](const std::string& select) {
    std::vector<std::string> args = audit;
    args.insert(args.end(), {"--istioctl-analyze", "said.json", "--select", select});
    return with(args);
  };
  with({"baseline", "write", "--select", "IST", "--istioctl-analyze", "said.json"});
  CHECK(asked("IST").status == 0);
  folder.write("said.json", "[]");
  CHECK(asked("IST").status == 1);
  CHECK(contains(asked("IST").err, "accepts what is gone"));
  // Who did not ask, or asked about something else, does not know.
  CHECK(asked("IST0118").status == 0);
  CHECK(with({"audit", "--baseline", "meshcheck-baseline.json", "--select", "MC404"}).status == 0);
  folder.write("said.json", "no JSON");
  CHECK(asked("IST").status == 3);
  folder.write("said.json", "[]");
  const Ran unused = with(
      {"audit", "-o", "concise", "--istioctl-analyze", "said.json", "--select", "MC003,IST0118"});
  CHECK(contains(unused.out, "IST0118 finds nothing here"));
}

TEST_CASE("what an override ignores was there all the same: its entry is not gone") {
  const Repository repository;
  repository.run({"baseline", "write", ".", "--select", "MC404"});
  repository.folder.write("meshcheck.yaml",
                          "version: 1\noverrides: [{namespace: shop, ignore: [MC404]}]\n");
  const Ran ran = repository.audit();
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK_FALSE(contains(ran.out, "[MC404]"));
}
