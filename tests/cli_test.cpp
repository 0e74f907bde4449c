// The command line in process: streams and exit status, as a user and a CI job see them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/run.h"
#include "meshcheck/report.h"
#include "meshcheck/rule.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using test::read_file;
using test::TemporaryFolder;

namespace {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

Ran ran(const std::vector<std::string>& args, const std::string& input = {},
        const std::map<std::string, std::string>& environment = {}, bool terminal = false) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const auto look_up = [&](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  const int status = cli::run(args, {in, out, err, terminal, 0, look_up});
  return {status, out.str(), err.str()};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string fixture(const std::string& path) {
  return test::source_folder().string() + "/testdata/" + path;
}

const std::string kHealthy =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: y}\ndata: {}\n";

}  // namespace

TEST_CASE("a failing mesh exits 1 with findings on standard output and nothing on the other") {
  const Ran run = ran({"audit", fixture("mc201/fail.yaml")});
  CHECK(run.status == 1);
  CHECK(contains(run.out, "MC201"));
  CHECK(run.err.empty());
}

TEST_CASE("an input without findings exits 0") { CHECK(ran({"audit", "-"}, kHealthy).status == 0); }

TEST_CASE("--exit-zero and --fail-on decide the status, never the findings") {
  const std::string file = fixture("mc201/fail.yaml");
  CHECK(ran({"audit", "--exit-zero", file}).status == 0);
  CHECK(ran({"audit", "--fail-on", "never", file}).status == 0);
  CHECK(contains(ran({"audit", "--fail-on", "never", file}).out, "MC201"));
  const Ran wrong = ran({"audit", "--fail-on", "eror", file});
  CHECK(wrong.status == 2);
  CHECK(contains(wrong.err, "did you mean `error`"));
}

TEST_CASE("the exit status is the same in every format, and JSON carries it") {
  const std::string file = fixture("mc201/fail.yaml");
  for (const ReportFormat& format : report_formats()) {
    CAPTURE(format.name);
    CHECK(ran({"audit", "-o", std::string(format.name), file}).status == 1);
    CHECK(ran({"audit", "-o", std::string(format.name), "no-such-file.yaml"}).status == 3);
  }
  CHECK(nlohmann::json::parse(ran({"audit", "-o", "json", file}).out)["exitCode"] == 1);
}

TEST_CASE("a path that does not exist is said, the rest is checked, and the run is incomplete") {
  const Ran run = ran({"audit", "no-such-file.yaml", "-"}, kHealthy);
  CHECK(run.status == 3);
  CHECK(contains(run.err, "no-such-file.yaml"));
  CHECK(ran({"audit", "--allow-incomplete", "no-such-file.yaml", "-"}, kHealthy).status == 0);
  // Findings weigh more than what is missing.
  CHECK(ran({"audit", "no-such-file.yaml", fixture("mc201/fail.yaml")}).status == 1);
}

TEST_CASE("an input without any Kubernetes object is incomplete, not clean") {
  const Ran run = ran({"audit", "-"}, "just: text\n");
  CHECK(run.status == 3);
  CHECK(contains(run.err, "no Kubernetes object"));
  TemporaryFolder folder;
  CHECK(ran({"audit", folder.path().string()}).status == 3);
}

TEST_CASE("the standard input is named once, and may be what istioctl version printed") {
  CHECK(contains(ran({"audit", "-", "-"}, "just: text\n").err,
                 "no Kubernetes object in the standard input\n"));
  const Ran run = ran({"audit", "--select", "MC801", "--versions", "-"},
                      "client version: 1.20.0\ncontrol plane version: 1.28.0\n"
                      "data plane version: none\n");
  CHECK(run.err.empty());
  CHECK(contains(run.out, "--> <stdin>:1:"));
  CHECK(ran({"audit", "--versions", "-", "--proxy-status", "-"}).status == 2);
}

TEST_CASE("what is compressed says so, whatever it was meant to be") {
  const Ran run = ran({"audit", "--metrics", "-"}, "\x1F\x8B\x08");
  CHECK(run.status == 3);
  CHECK(contains(run.err, "is compressed with gzip"));
}

TEST_CASE("inspect names a document that it cannot show") {
  const Ran run = ran({"inspect", "-"}, kHealthy + "---\na: [\n");
  CHECK(contains(run.err, "(MC001)"));
  CHECK(contains(run.err, "nothing of this document is shown"));
}

TEST_CASE("where nothing could be read the report is one line, and the error says why") {
  const Ran empty = ran({"audit", "-"}, "\n");
  CHECK(contains(empty.err, "the standard input is empty\n  hint: see what the command before"));
  const auto by_mesh =
      std::ranges::count(all_rules(), RuleBy::mesh, [](const Rule& rule) { return rule.info.by; });
  CHECK(empty.out == fmt::format("0 errors, 0 warnings, 0 infos in 1 file ({} rules not evaluated, "
                                 "1 input not read)\n",
                                 by_mesh));
  CHECK(contains(ran({"audit", "-v", "-"}).out, "The eight points"));
  CHECK(contains(ran({"audit", "-"}, "a: }\n").err, "mend what cannot be parsed first"));
}

TEST_CASE("an empty path is an error, never the current folder") {
  const Ran run = ran({"audit", ""});
  CHECK(run.status == 3);
  CHECK(contains(run.err, "a path is empty"));
}

TEST_CASE("a standard input that cannot be read is said and incomplete") {
  std::ifstream folder("/");  // opens, and fails when it is read
  std::ostringstream out;
  std::ostringstream err;
  const auto none = [](const char*) { return std::nullopt; };
  CHECK(cli::run({"audit", "-"}, {folder, out, err, false, 0, none}) == 3);
  CHECK(contains(err.str(), "the standard input cannot be read"));
}

TEST_CASE("a selection that leaves no rule is a usage error, not a pass") {
  const Ran run = ran({"audit", "--select", "MC2", "--ignore", "MC2", "-"}, kHealthy);
  CHECK(run.status == 2);
  CHECK(contains(run.err, "no rule is left to run"));
}

TEST_CASE("an unknown rule, format, flag or command is a usage error that suggests the right one") {
  const Ran rule = ran({"audit", "--select", "MC999", "-"}, kHealthy);
  CHECK(rule.status == 2);
  CHECK(contains(rule.err, "MC999"));
  const Ran format = ran({"audit", "-o", "jsn", "-"}, kHealthy);
  CHECK(format.status == 2);
  CHECK(contains(format.err, "did you mean `json`"));
  const Ran flag = ran({"audit", "--fail-onn", "error"});
  CHECK(flag.status == 2);
  CHECK(contains(flag.err, "did you mean `--fail-on`"));
  const Ran command = ran({"adit"});
  CHECK(command.status == 2);
  CHECK(contains(command.err, "there is no command `adit`\n  hint: did you mean `audit`?"));
  CHECK(contains(ran({"audti", "x"}).err, "did you mean `audit`?"));
  CHECK(contains(ran({"help", "audit"}).err, "there is no command `help`"));
  CHECK(contains(ran({"--color", "never", "audit"}).err,
                 "`--color` stands before the command\n  hint: write it behind: meshcheck audit"));
  CHECK(contains(ran({"audit", "--output-format", "json"}).err, "did you mean `--output`?"));
  CHECK(contains(ran({"audit", "--proxy-status"}).err, "--proxy-status needs a value\n"));
  CHECK(contains(ran({"mesh.yaml"}).err, "to audit files: meshcheck audit mesh.yaml\n"));
  CHECK(contains(ran({"explain"}).err, "RULE is required"));
  CHECK(contains(ran({"explain", "istiod-single"}).err, "did you mean `istiod-single-replica`"));
  CHECK(ran({"explain", "MC999"}).status == 2);
  CHECK(ran({"rules", "-o", "yaml"}).status == 2);
}

TEST_CASE("reports go to files whole, several at once, and one to standard output") {
  TemporaryFolder folder;
  const Ran run =
      ran({"audit", "-o", "json=" + (folder / "a.json"), "-o", "sarif=" + (folder / "b.sarif"),
           "-o", "concise", fixture("mc201/fail.yaml")});
  CHECK(run.status == 1);
  CHECK(contains(run.out, "[MC201]"));
  CHECK(nlohmann::json::parse(read_file(folder / "a.json"))["schemaVersion"] == "1");
  CHECK(nlohmann::json::parse(read_file(folder / "b.sarif"))["version"] == "2.1.0");
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("an output that cannot be written leaves nothing behind and makes the run incomplete") {
  TemporaryFolder folder;
  const Ran run = ran({"audit", "-o", "json=" + (folder / "none/a.json"), "-"}, kHealthy);
  CHECK(run.status == 3);
  CHECK(contains(run.err, "cannot write"));
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("two reports for one place are refused") {
  CHECK(ran({"audit", "-o", "json", "-o", "text", "-"}, kHealthy).status == 2);
}

TEST_CASE("a broken document is a finding, and its neighbours live") {
  const std::string healthy = read_file(fixture("mc201/fail.yaml"));
  const Ran run = ran({"audit", "-o", "concise", "-"}, "a: \"open\n---\n" + healthy);
  CHECK(run.status == 1);
  CHECK(contains(run.out, "[MC001]"));
  CHECK(contains(run.out, "[MC201]"));
}

TEST_CASE("colour follows the flag, then the environment, then the terminal") {
  const std::vector<std::string> args = {"audit", fixture("mc201/fail.yaml")};
  const auto coloured = [&](const std::map<std::string, std::string>& environment, bool terminal) {
    return contains(ran(args, {}, environment, terminal).out, "\x1b[");
  };
  CHECK_FALSE(coloured({}, false));
  CHECK(coloured({}, true));
  CHECK_FALSE(coloured({{"NO_COLOR", "1"}}, true));
  CHECK(coloured({{"CLICOLOR_FORCE", "1"}}, false));
  CHECK(coloured({{"FORCE_COLOR", "1"}}, false));
  CHECK_FALSE(coloured({{"TERM", "dumb"}}, true));
  CHECK_FALSE(coloured({{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}, true));
}

TEST_CASE("what a rule was not shown is said although it judged something else") {
  const std::string unknown =
      "---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
      "metadata: {name: istiod-canary, namespace: istio-system}\n"
      "spec:\n  chart: {spec: {chart: istiod, version: 1.30.1}}\n"
      "  values: {revision: canary, autoscaleMin: \"${MIN}\"}\n";
  const Ran run = ran({"audit", "--select", "MC201", "-o", "json", "-"},
                      read_file(fixture("mc201/fail.yaml")) + unknown);
  const auto json = nlohmann::json::parse(run.out);
  CHECK(json["points"][1]["status"] == "fail");
  REQUIRE(json["notEvaluated"].size() == 1);
  CHECK(contains(json["notEvaluated"][0]["reason"], "canary"));
}

TEST_CASE("--quiet prints findings only") {
  const Ran run = ran({"audit", "-q", "-"}, kHealthy);
  CHECK(run.out.empty());
}

TEST_CASE("the same input gives the same bytes") {
  const std::vector<std::string> args = {"audit", "-o", "json", fixture("mc201/fail.yaml")};
  CHECK(ran(args).out == ran(args).out);
}

TEST_CASE("explain says what a rule finds, by ID in any case or by name") {
  CHECK(contains(ran({"explain", "MC201"}).out, "istiod-single-replica"));
  CHECK(ran({"explain", "mc201"}).out == ran({"explain", "istiod-single-replica"}).out);
}

TEST_CASE("rules lists every rule, as a table and as JSON") {
  CHECK(contains(ran({"rules"}).out, "MC201"));
  const auto json = nlohmann::json::parse(ran({"rules", "-o", "json"}).out);
  CHECK(json.size() > 10);
  CHECK(json[0]["id"].is_string());
}

TEST_CASE("version and help answer on standard output") {
  CHECK(ran({"version"}).out.starts_with("meshcheck "));
  CHECK(ran({"--version"}).out == ran({"version"}).out);
  CHECK(contains(ran({"--help"}).out, "audit"));
  CHECK(contains(ran({"audit", "--help"}).out, "--fail-on"));
  CHECK(ran({}).status == 0);
}

TEST_CASE("help fits a terminal of 80 columns and names the whole command") {
  for (const char* command : {"audit", "explain", "rules", "inspect", "version"}) {
    const Ran run = ran({command, "--help"});
    CHECK(contains(run.out, std::string("Usage: meshcheck ") + command));
    std::istringstream lines(run.out + ran({"--help"}).out);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("what others wrote steers neither the terminal nor a CI runner, whoever says it") {
  const std::string evil = "no\x1b[31m\n::error::x";
  const auto harmless = [](const std::string& text) {
    return !contains(text, "\x1b") && !contains(text, "\n::");
  };
  TemporaryFolder folder;
  folder.write("meshcheck.yaml", "team-label: 1\n\"no\\e[31m\\n::error::x\": 1\n");
  folder.write("b.json", R"({"schemaVersion": "1", "paths": ["mesh.yaml"], "entries": [{"rule":
    "MC201", "object": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "x", "name":
    "no\u001b[31m\n::error::x"}, "added": "2026-01-01", "fingerprint": "0123456789abcdef"}]})");
  folder.write("mesh.yaml",
               "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "
               "\"no\\e[31m\\n::error::x\", namespace: y}\nspec:\n  selector: {matchLabels: {a: b}}"
               "\n  template: {spec: {containers: [{name: x, image: x}]}}\n");
  const std::string mesh = folder / "mesh.yaml";
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"audit", evil},
           {"audit", "--istioctl-analyze", evil},
           {"audit", "--select", evil},
           {"audit", "--config", folder / "meshcheck.yaml", mesh},
           {"audit", "--fix", "--unsafe-fixes", "--diff", mesh},
           {"explain", evil},
           {"baseline", "check", "--isolated", "--baseline", folder / "b.json", mesh},
           {"inspect", "--isolated", mesh},
           {"inspect", "--isolated", "--policies", "y/" + evil, mesh}}) {
    CAPTURE(args);
    const Ran run = ran(args);
    CHECK(!(run.out + run.err).empty());
    CHECK(harmless(run.out));
    CHECK(harmless(run.err));
  }
}

TEST_CASE("an error names its source, and is not fooled by a word that it happens to hold") {
  std::ostringstream err;
  cli::say(fail("a", "this is a folder"), err);
  cli::say(fail("a", "cannot read a: is it there?"), err);
  cli::say(fail("x/a.yaml", "cannot read x/a.yaml"), err);
  CHECK(err.str() ==
        "meshcheck: a: this is a folder\nmeshcheck: cannot read a: is it there?\n"
        "meshcheck: cannot read x/a.yaml\n");
}

TEST_CASE("a report goes to the standard output by the name `-` too") {
  const Ran run = ran({"audit", "-o", "json=-", "-"}, kHealthy);
  CHECK(run.out.starts_with("{"));
  CHECK_FALSE(fs::exists("-"));
  CHECK(ran({"audit", "-o", "json=-", "-o", "text", "-"}, kHealthy).status == 2);
}

TEST_CASE("a workload that the API server would refuse is told as left out") {
  const std::string patch =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod}\nspec: {replicas: 2,\n"
      "  template: {spec: {containers: [{name: discovery, image: x}]}}}\n";
  const Ran alone = ran({"audit", "-"}, patch);
  CHECK(alone.status == 3);
  CHECK(contains(alone.err, "hint: Deployment istiod has no selector: taken for a patch, not"));
  const std::string service = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n";
  const Ran beside = ran({"audit", "-o", "json", "-"}, service + "---\n" + patch);
  const auto skipped = nlohmann::json::parse(beside.out)["inputs"]["skipped"];
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0]["file"] == "<stdin>");
  CHECK(skipped[0]["reason"] == "Deployment istiod has no selector: taken for a patch, not judged");
  TemporaryFolder folder;
  folder.write("kustomization.yaml", "resources: [base.yaml]\npatches: [{path: patch.yaml}]\n");
  folder.write("base.yaml", service);
  folder.write("patch.yaml", patch);
  const Ran named = ran({"audit", "-o", "json", folder.path().string()});
  CHECK(nlohmann::json::parse(named.out)["inputs"]["skipped"].empty());
}

TEST_CASE("JUnit has a suite for the rules beside the eight points too") {
  const Ran run = ran({"audit", "-o", "junit", "--select", "MC901", fixture("mc901/fail.yaml")});
  CHECK(run.status == 1);
  CHECK(contains(run.out, "<testsuite name=\"Beside the points\""));
  CHECK(contains(run.out, "<failure"));
}
