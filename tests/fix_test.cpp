// `audit --fix` and `--diff` on files, as a user runs them.
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "meshcheck/autofix.h"
#include "meshcheck/rule.h"
#include "support/golden.h"
#include "support/no_rights.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using Json = nlohmann::json;
using test::read_file;
using test::TemporaryFolder;

namespace {

const fs::path kTestdata = test::source_folder() / "testdata";

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

// Runs `audit` with the folder as the current one.
Ran audit(const fs::path& folder, std::vector<std::string> args, const std::string& input = {}) {
  args.insert(args.begin(), {"audit", "--isolated", "--now", "2026-11-22"});
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  const int status =
      cli::run(args, {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  fs::current_path(before);
  return {status, out.str(), err.str()};
}

void copy_to(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

std::vector<std::string> more_arguments(const fs::path& file) {
  std::vector<std::string> args;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.find(' ');
    if (line.starts_with("--now")) continue;
    args.push_back(line.substr(0, space));
    if (space != std::string::npos) args.push_back(line.substr(space + 1));
  }
  return args;
}

// Shows what would be done, does it, and finds nothing left to do.
std::string fixed(const fs::path& folder, std::vector<std::string> args) {
  args.emplace_back("--unsafe-fixes");
  std::vector<std::string> show = args;
  show.emplace_back("--diff");
  const auto before = test::read_files(folder);
  const Ran shown = audit(folder, show);
  CHECK(test::read_files(folder) == before);
  CHECK(shown.status == (shown.out.empty() ? 0 : 1));
  std::vector<std::string> mend = args;
  mend.insert(mend.end(), {"--fix", "-o", "concise"});
  audit(folder, mend);
  CHECK((test::read_files(folder) == before) == shown.out.empty());
  const Ran again = audit(folder, show);
  CHECK(again.out == "");
  CHECK(again.status == 0);
  return shown.out + "\n" + shown.err;
}

std::string manifest(const std::string& spec) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: istiod\n"
         "  namespace: istio-system\n  labels: {app: istiod, istio.io/rev: default}\nspec:\n"
         "  selector: {matchLabels: {app: istiod}}\n  template:\n    metadata:\n"
         "      labels: {app: istiod, istio.io/rev: default}\n    spec:\n      containers:\n"
         "        - name: discovery\n          image: docker.io/istio/pilot:1.30.0\n" +
         spec;
}

const std::string kSmall = manifest(
    "          resources: {requests: {cpu: 10m, memory: 2Gi}, limits: {memory: 4Gi}}  # small\n");

}  // namespace

TEST_CASE("what a rule says can be mended is mended in its failing fixture") {
  for (const Rule& rule : all_rules()) {
    if (autofix_of(rule.info.id) == Applicability::manual) continue;
    const std::string name = "mc" + std::string(rule.info.id.substr(2));
    DYNAMIC_SECTION(rule.info.id) {
      const TemporaryFolder folder;
      const std::string input = fs::exists(kTestdata / name / "fail") ? "fail" : "fail.yaml";
      copy_to(kTestdata / name / input, folder.path() / input);
      std::vector<std::string> args = {"--select", std::string(rule.info.id), input};
      for (const std::string& arg : more_arguments(kTestdata / name / "fail.args")) {
        args.push_back(arg);
      }
      const std::string said = fixed(folder.path(), args);
      test::check_golden(kTestdata / "_fix" / (name + ".diff"), said);
      // It is about a tag that others of these fixtures have.
      const bool elsewhere = name == "mc302";
      CHECK((said.find("\n+++ ") != std::string::npos) == !elsewhere);
    }
  }
}

TEST_CASE("every syntax that people write is edited in its own way") {
  for (const auto& entry : fs::directory_iterator(kTestdata / "_fix")) {
    if (!entry.is_directory()) continue;
    DYNAMIC_SECTION(entry.path().filename().string()) {
      const TemporaryFolder folder;
      copy_to(entry.path(), folder.path() / "in");
      const std::string said = fixed(folder.path() / "in", {"."});
      test::check_golden(entry.path().string() + ".diff", said);
    }
  }
}

TEST_CASE("only safe fixes are made unless all are asked for") {
  const TemporaryFolder folder;
  folder.write("policy.yaml",
               "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n"
               "  name: deny\n  namespace: shop\nspec:\n  action: DENY\n  rules:\n"
               "    - to: [{operation: {paths: [/admin]}}]\n");
  const Ran safe = audit(folder.path(), {"--select", "MC601", "--fix", "."});
  CHECK(safe.err == "1 finding: 0 fixed in 0 files, up to 1 more with --unsafe-fixes\n");
  CHECK(read_file(folder.path() / "policy.yaml").find("dry-run") == std::string::npos);
  const Ran all = audit(folder.path(), {"--select", "MC601", "--fix", "--unsafe-fixes", "."});
  CHECK(all.err == "1 finding: 1 fixed in 1 file\n");
  CHECK(all.status == 0);
  CHECK(read_file(folder.path() / "policy.yaml")
            .find("  namespace: shop\n  annotations:\n"
                  "    istio.io/dry-run: \"true\"\nspec:\n") != std::string::npos);
}

TEST_CASE("what comes through a pipe goes on through the next, and the report elsewhere") {
  const TemporaryFolder folder;
  const Ran run = audit(folder.path(), {"--select", "MC101", "--fix", "-"}, kSmall);
  std::string wanted = kSmall;
  wanted.replace(wanted.find("10m"), 3, "500m");
  CHECK(run.out == wanted);
  CHECK(run.status == 0);
  const Ran clean = audit(folder.path(), {"--select", "MC101", "--fix", "-"}, wanted);
  CHECK(clean.out == wanted);
  folder.write("other.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n");
  const Ran mixed = audit(folder.path(), {"--select", "MC101", "--fix", "-", "other.yaml"}, kSmall);
  CHECK(mixed.err.find("standard input cannot be written back") != std::string::npos);
  CHECK(mixed.status == 1);
}

TEST_CASE("a file keeps its mode, a link stays a link, and what cannot be written is said") {
  const TemporaryFolder folder;
  folder.write("real/istiod.yaml", kSmall);
  fs::permissions(folder.path() / "real/istiod.yaml", fs::perms(0640));
  fs::create_symlink("real/istiod.yaml", folder.path() / "link.yaml");
  CHECK(audit(folder.path(), {"--select", "MC101", "--fix", "link.yaml"}).status == 0);
  CHECK(fs::is_symlink(folder.path() / "link.yaml"));
  CHECK(read_file(folder.path() / "real/istiod.yaml").find("500m") != std::string::npos);
  CHECK(fs::status(folder.path() / "real/istiod.yaml").permissions() == fs::perms(0640));
  CHECK(std::distance(fs::directory_iterator(folder.path() / "real"), {}) == 1);
}

TEST_CASE("what was not written is not called fixed") {
  const TemporaryFolder folder;
  folder.write("istiod.yaml", kSmall);
  fs::permissions(folder.path(), fs::perms(0777));
  fs::permissions(folder.path() / "istiod.yaml", fs::perms(0444));
  // The folder of the tests may be closed to nobody.
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  Ran run;
  {
    const test::NoRights permissions_hold;
    REQUIRE(permissions_hold);
    run = audit(folder.path(), {"--select", "MC101", "--allow-incomplete", "--fail-on", "never",
                                "--fix", "istiod.yaml"});
  }
  fs::current_path(before);
  CHECK(run.err.find("the file is read-only") != std::string::npos);
  CHECK(run.err.find(": 0 fixed in 0 files, 1 not written") != std::string::npos);
  CHECK(run.status == 3);
}

TEST_CASE("a report is written to where a link leads, be the file there or not") {
  const TemporaryFolder folder;
  folder.write("istiod.yaml", kSmall);
  folder.write("real/old", "");
  fs::create_symlink("real/new.json", folder.path() / "report.json");
  audit(folder.path(), {"-o", "json=report.json", "istiod.yaml"});
  CHECK(fs::is_symlink(folder.path() / "report.json"));
  CHECK(read_file(folder.path() / "real/new.json").starts_with("{"));
}

TEST_CASE("what is suppressed or of a file with templates is not touched") {
  const TemporaryFolder folder;
  std::string text = kSmall;
  text.replace(text.find("10m"), 3, "\"{{ .Values.cpu }}\"");
  folder.write("istiod.yaml", text);
  audit(folder.path(), {"--fix", "--select", "MC101", "."});
  CHECK(read_file(folder.path() / "istiod.yaml") == text);
}

TEST_CASE("the item of a typed list has the list's version") {
  const TemporaryFolder folder;
  folder.write("pods.yaml", R"(apiVersion: v1
kind: PodList
items:
  - metadata:
      name: web
      namespace: shop
      annotations:
        sidecar.istio.io/proxyCPU: 200m
    spec:
      containers:
        - name: web
          image: web:1
)");
  folder.write("shop.yaml",
               "apiVersion: v1\nkind: Namespace\n"
               "metadata: {name: shop, labels: {istio-injection: enabled}}\n");
  const Ran ran = audit(folder.path(), {"--select", "MC403", "--fix", "--unsafe-fixes", "."});
  CHECK(ran.err.find("it is written in") == std::string::npos);
  CHECK(read_file(folder.path() / "pods.yaml").find("proxyMemory:") != std::string::npos);
}

TEST_CASE("what is wrong in a pod's own annotations is not written once more") {
  const TemporaryFolder folder;
  for (const char* own : {"proxyCPU: 100 m", "proxyCPU: -100m", "proxyCPU: ''",
                          "proxyCPU: '3', sidecar.istio.io/proxyCPULimit: '2'"}) {
    folder.write("web.yaml", std::string("apiVersion: v1\nkind: Namespace\n"
                                         "metadata: {name: shop, labels: "
                                         "{istio-injection: enabled}}\n---\n"
                                         "apiVersion: v1\nkind: Pod\nmetadata: {name: web, "
                                         "namespace: shop, annotations: {sidecar.istio.io/") +
                                 own + "}}\nspec: {containers: [{name: web, image: \"web:1\"}]}\n");
    const Ran ran = audit(folder.path(), {"--select", "MC403", "-o", "json", "."});
    const Json report = Json::parse(ran.out);
    REQUIRE(report["findings"].size() == 1);
    CHECK(report["findings"][0]["fix"]["patch"].is_null());
  }
}

TEST_CASE("a Pod's container is named where it stands in a Pod") {
  const TemporaryFolder folder;
  folder.write("gateway.yaml",
               "apiVersion: v1\nkind: Pod\nmetadata: {name: edge, namespace: edge, annotations: "
               "{inject.istio.io/templates: gateway}}\n"
               "spec: {containers: [{name: istio-proxy, image: auto}]}\n");
  const Ran ran = audit(folder.path(), {"--select", "MC406", "-o", "json", "."});
  CHECK(Json::parse(ran.out)["findings"].at(0)["field"] ==
        "spec.containers[istio-proxy].resources");
}

TEST_CASE("a patch of files outside the current folder is for their repository's root") {
  const TemporaryFolder folder;
  folder.write("repo/.git/HEAD", "ref: refs/heads/main\n");
  folder.write("repo/istio/istiod.yaml", kSmall);
  folder.write("repo/apps/readme", "");
  const Ran shown = audit(folder.path() / "repo/apps", {"../istio", "--select", "MC101", "--diff"});
  CHECK(shown.out.starts_with("--- istio/istiod.yaml\n+++ istio/istiod.yaml\n"));
  CHECK(shown.err.find("to be applied in " + (fs::canonical(folder.path()) / "repo").string()) !=
        std::string::npos);
  folder.write("plain/in.yaml", kSmall);
  fs::create_directories(folder.path() / "elsewhere");
  const Ran plain = audit(folder.path() / "elsewhere", {"../plain", "--select", "MC101", "--diff"});
  CHECK(plain.out.starts_with("--- in.yaml\n+++ in.yaml\n"));
  const Ran here = audit(folder.path() / "repo", {"istio", "--select", "MC101", "--diff"});
  CHECK(here.out.starts_with("--- istio/istiod.yaml\n"));
  CHECK(here.err.find("to be applied in") == std::string::npos);
}
