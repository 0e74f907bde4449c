// What the configuration does to a run, as a user sees it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/settings_flags.h"
#include "meshcheck/rule.h"
#include "support/golden.h"
#include "support/run_in.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;

using test::contains;
using test::Ran;
using test::run_in;

namespace {

// With one blank for each run of them.
std::string squeezed(std::string text) {
  const auto end =
      std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; });
  text.erase(end, text.end());
  return text;
}

// A repository of its own with the failing fixture of MC201 in dev/.
void fill(const test::TemporaryFolder& folder, const std::string& config) {
  folder.write(".git/HEAD", "");
  folder.write("dev/istiod.yaml", test::read_file(test::testdata() / "mc201/fail.yaml"));
  if (!config.empty()) folder.write("meshcheck.yaml", "version: 1\n" + config);
}

Ran audit(const std::string& config, std::vector<std::string> flags = {}) {
  const test::TemporaryFolder folder;
  fill(folder, config);
  std::vector<std::string> args = {"audit", "-o", "concise", "."};
  args.insert(args.end(), flags.begin(), flags.end());
  return run_in(folder, args);
}

}  // namespace

TEST_CASE("a configuration that restates every default changes nothing") {
  std::string config =
      "select: [ALL]\nignore: []\nteam-label: team\nbudgets: []\nrps: {}\n"
      "investigations: []\nsupport: {}\noverrides: []\nseverities:\n";
  for (const Rule& rule : all_rules()) {
    // An override is for all findings of a rule, so it cannot restate several severities.
    if (!rule.info.severities.empty()) continue;
    config += fmt::format("  {}: {}\n", rule.info.id, to_string(rule.info.severity));
  }
  config += "parameters:\n";
  for (const Rule& rule : all_rules()) {
    if (rule.info.parameters.empty()) continue;
    config += fmt::format("  {}:\n", rule.info.id);
    for (const ParameterInfo& parameter : rule.info.parameters) {
      config += fmt::format("    {}: {}\n", parameter.name, parameter.default_value);
    }
  }
  const test::TemporaryFolder folder;
  folder.write("meshcheck.yaml", "version: 1\n" + config);
  for (const auto& entry : fs::recursive_directory_iterator(test::testdata())) {
    const std::string file = entry.path().string();
    if (!file.ends_with("fail.yaml") && !contains(file, "_stock")) continue;
    if (entry.path().extension() != ".yaml") continue;
    CAPTURE(file);
    const Ran with = run_in(
        folder, {"audit", "-o", "json", "--now", "2026-11-22", "--config", "meshcheck.yaml", file});
    const Ran without =
        run_in(folder, {"audit", "-o", "json", "--now", "2026-11-22", "--isolated", file});
    CHECK(with.err == without.err);
    CHECK(with.out == without.out);
    CHECK(with.status == without.status);
  }
}

TEST_CASE("the configuration selects and ignores rules, and flags win over it") {
  CHECK(contains(audit("").out, "[MC201]"));
  CHECK_FALSE(contains(audit("select: [MC1]\n").out, "[MC201]"));
  CHECK_FALSE(contains(audit("ignore: [MC201]\n").out, "[MC201]"));
  CHECK(contains(audit("select: [MC1]\n", {"--select", "MC2"}).out, "[MC201]"));
  CHECK(contains(audit("ignore: [MC201]\n", {"--select", "MC201"}).out, "[MC201]"));
  // What is ignored by name stays so where a flag names its whole group.
  CHECK_FALSE(contains(audit("ignore: [MC201]\n", {"--select", "MC2"}).out, "[MC201]"));
  CHECK(contains(audit("ignore: [MC201]\n", {"--extend-select", "MC201"}).out, "[MC201]"));
  CHECK_FALSE(contains(audit("select: [MC201, MC207]\n", {"--ignore", "MC201"}).out, "[MC201]"));
  const Ran none = audit("ignore: [ALL]\n");
  CHECK(none.status == 2);
  CHECK(contains(none.err, "`ignore` of the configuration takes away all"));
}

TEST_CASE(
    "a severity of the configuration is that of all findings of the rule, and decides the status") {
  const Ran run = audit("select: [MC201]\nseverities: {MC201: info}\n");
  CHECK(run.status == 0);
  CHECK(contains(run.out, ": info: istiod keeps only 1 replica at rest [MC201]"));
  CHECK_FALSE(contains(run.out, "error"));
}

TEST_CASE("a finding does not hide behind one that the configuration made less severe") {
  CHECK_FALSE(contains(audit("").out, "[MC207]"));
  const Ran run = audit("severities: {MC201: info}\n");
  CHECK(run.status == 1);
  CHECK(contains(run.out, ": error: no PodDisruptionBudget selects istiod's pods [MC207]"));
}

TEST_CASE("a parameter of the configuration reaches its rule") {
  CHECK(
      contains(audit("parameters: {MC201: {min-replicas: 4}}\nselect: [MC201]\n").out, "[MC201]"));
  CHECK_FALSE(
      contains(audit("parameters: {MC201: {min-replicas: 1}}\nselect: [MC201]\n").out, "[MC201]"));
}

TEST_CASE("an override sets the findings of its rules aside below its path") {
  CHECK_FALSE(contains(audit("overrides: [{path: \"dev/**\", ignore: [MC201]}]\n").out, "[MC201]"));
  CHECK_FALSE(contains(audit("overrides: [{path: dev/, ignore: [MC2]}]\n").out, "[MC201]"));
  CHECK_FALSE(
      contains(audit("overrides: [{path: ./dev/istiod.yaml, ignore: [MC2]}]\n").out, "[MC201]"));
  CHECK(contains(audit("overrides: [{path: ./istiod.yaml, ignore: [MC2]}]\n").out, "[MC201]"));
  CHECK(contains(audit("overrides: [{path: prod, ignore: [MC201]}]\n").out, "[MC201]"));
  CHECK(contains(audit("overrides: [{path: dev, ignore: [MC301]}]\n").out, "[MC201]"));
}

TEST_CASE("an override may be for a namespace, and then for all objects in it") {
  const auto of = [](const std::string& override_) {
    return audit("select: [MC201]\noverrides: [" + override_ + "]\n");
  };
  CHECK_FALSE(contains(of("{namespace: istio-system, ignore: [MC201]}").out, "[MC201]"));
  CHECK_FALSE(contains(of("{namespace: \"istio-*\", ignore: [MC2]}").out, "[MC201]"));
  CHECK(contains(of("{namespace: istio, ignore: [MC201]}").out, "[MC201]"));
  // Both must match.
  CHECK(contains(of("{namespace: istio-system, path: prod, ignore: [MC201]}").out, "[MC201]"));
  CHECK_FALSE(contains(of("{namespace: istio-system, path: dev, ignore: [MC201]}").out, "[MC201]"));
}

TEST_CASE("an override sets severities, the last that matches wins, and over `severities`") {
  const Ran lower = audit("select: [MC201]\noverrides: [{path: dev, severities: {MC201: info}}]\n");
  CHECK(lower.status == 0);
  CHECK(contains(lower.out, ": info: istiod keeps only 1 replica at rest [MC201]"));
  const Ran last = audit(
      "select: [MC201]\nseverities: {MC201: error}\noverrides: [{path: dev, severities: {MC201: "
      "info}}, {namespace: istio-system, severities: {istiod-single-replica: warning}}]\n");
  CHECK(contains(last.out, ": warning: istiod keeps"));
  const Ran elsewhere =
      audit("select: [MC201]\noverrides: [{path: prod, severities: {MC201: info}}]\n");
  CHECK(elsewhere.status == 1);
  // As with `severities`: what is graver does not hide behind it.
  const Ran graver = audit("overrides: [{path: dev, severities: {MC201: info}}]\n");
  CHECK(contains(graver.out, ": error: no PodDisruptionBudget selects istiod's pods [MC207]"));
}

TEST_CASE("config show prints what holds, with the place it comes from, and why") {
  const test::TemporaryFolder folder;
  fill(folder,
       "ignore: [MC204]\nseverities: {MC301: info}\nparameters: {istiod-hpa-range: {max-replicas: "
       "7}}\nrps: {shop/web: 5}\n");
  const Ran run = run_in(folder, {"config", "show", "dev"});
  CHECK(run.status == 0);
  const std::string shown = squeezed(run.out);
  CHECK(contains(shown, "# configuration: meshcheck.yaml, the nearest from dev upwards\n"));
  CHECK(contains(shown, "select:\n - ALL # default\n"));
  CHECK(contains(shown, "ignore:\n - MC204 # meshcheck.yaml:2:10\n"));
  CHECK(contains(shown, " MC301: info # meshcheck.yaml:3:21; the rule's own is warning\n"));
  CHECK(contains(shown, " max-replicas: 7 # meshcheck.yaml:4:47; default: 5\n"));
  CHECK(contains(shown, "team-label: team # default\n"));
  CHECK(contains(shown, "# MC204 istiod-hpa-cpu-target `ignore: [MC204]`, meshcheck.yaml:2:10\n"));
  const Ran flag = run_in(folder, {"config", "show", "--ignore", "MC5", "--rps", "a/b=1"});
  CHECK(contains(flag.out, "--ignore MC5\n"));
  CHECK(contains(flag.out, "--rps or MESHCHECK_RPS\n"));
  const Ran none = run_in(folder, {"config", "show", "--isolated"});
  CHECK(contains(none.out, "# configuration: none; --isolated leaves meshcheck.yaml out\n"));
  CHECK(run_in(folder, {"config", "show", "--select", "nothing"}).status == 2);
}

TEST_CASE("what config show prints is a configuration that means the same") {
  const test::TemporaryFolder folder;
  folder.write("meshcheck.yaml", test::read_file(test::source_folder() / "docs/meshcheck.yaml"));
  const auto shown = [&](const std::string& file) {
    return nlohmann::json::parse(
        run_in(folder, {"config", "show", "-o", "json", "--config", file}).out);
  };
  folder.write("shown.yaml", run_in(folder, {"config", "show"}).out);
  const auto values = [](nlohmann::json tree) {
    const std::function<void(nlohmann::json&)> strip = [&](nlohmann::json& node) {
      if (node.is_object()) node.erase("from");
      for (auto& member : node) {
        if (member.is_structured()) strip(member);
      }
    };
    strip(tree);
    return tree.dump();
  };
  const auto before = shown("meshcheck.yaml");
  const auto after = shown("shown.yaml");
  CHECK(values(before["settings"]) == values(after["settings"]));
  for (std::size_t i = 0; i < before["rules"].size(); ++i) {
    CHECK(before["rules"][i]["runs"] == after["rules"][i]["runs"]);
  }
}

TEST_CASE("config init writes a file that changes nothing, and overwrites none") {
  const test::TemporaryFolder folder;
  folder.write(".git/HEAD", "");
  const Ran first = run_in(folder, {"config", "init"});
  CHECK(first.status == 0);
  CHECK(contains(first.err, "meshcheck config show"));
  const std::string text = test::read_file(folder.path() / "meshcheck.yaml");
  const Ran again = run_in(folder, {"config", "init"});
  CHECK(again.status == 2);
  CHECK(contains(again.err, "is here already"));
  CHECK(test::read_file(folder.path() / "meshcheck.yaml") == text);
  CHECK(run_in(folder, {"config", "show"}).status == 0);
  // What it suggests is right too: settings stand behind a mere #.
  std::string all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool prose = line.starts_with("# ") && !line.starts_with("#  ");
    all += (line.starts_with('#') && !prose ? line.substr(1) : line) + '\n';
  }
  folder.write("all.yaml", all);
  const Ran shown = run_in(folder, {"config", "show", "--config", "all.yaml"});
  CHECK(shown.err.empty());
  CHECK(contains(shown.out, "budgets:\n  - namespace: shop"));
}

TEST_CASE("a part of config that does not exist is a usage error that lists the parts") {
  const test::TemporaryFolder folder;
  const Ran none = run_in(folder, {"config"});
  CHECK(none.status == 2);
  CHECK(contains(none.err, "show, schema, init"));
  CHECK(contains(run_in(folder, {"config", "shw"}).err, "did you mean `show`?"));
}

TEST_CASE(
    "the configuration is found from the first path, named by --config or MESHCHECK_CONFIG, or "
    "left out") {
  const test::TemporaryFolder folder;
  fill(folder, "ignore: [MC201]\n");
  folder.write("other.yaml", "version: 1\nignore: [MC1]\n");
  const std::vector<std::string> args = {"audit", "-o", "concise", "dev/istiod.yaml"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = args;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  CHECK_FALSE(contains(run_in(folder, args).out, "[MC201]"));
  CHECK(contains(run_in(folder, with({"--isolated"})).out, "[MC201]"));
  const Ran named = run_in(folder, with({"--config", "other.yaml"}));
  CHECK(contains(named.out, "[MC201]"));
  CHECK_FALSE(contains(named.out, "[MC101]"));
  ::setenv("MESHCHECK_CONFIG", "other.yaml", 1);  // flags' variables are CLI11's to read
  CHECK(run_in(folder, args).out == named.out);
  ::unsetenv("MESHCHECK_CONFIG");
  const Ran both = run_in(folder, with({"--config", "other.yaml", "--isolated"}));
  CHECK(both.status == 2);
  CHECK(contains(both.err, "contradict"));
  CHECK(run_in(folder, with({"--config", "missing.yaml"})).status == 2);
}

TEST_CASE("a configuration of another name is said not to be read") {
  const test::TemporaryFolder folder;
  folder.write(".git/HEAD", "");
  folder.write("x/y.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n");
  folder.write("meshcheck.yml", "name: meshcheck\non: push\n");  // a workflow
  CHECK(run_in(folder, {"audit", "x"}).err == "");
  folder.write("meshcheck.yml", "version: 1\nignore: [MC201]\n");
  const Ran ran = run_in(folder, {"audit", "x"});
  CHECK(ran.status == 0);
  CHECK(contains(ran.err, "meshcheck.yml is not read: call it meshcheck.yaml"));
  CHECK(run_in(folder, {"audit", "--isolated", "x"}).err == "");
  CHECK(run_in(folder, {"audit", "--config", "meshcheck.yml", "x"}).err == "");
  folder.write("meshcheck.yaml", "version: 1\n");
  CHECK(run_in(folder, {"audit", "x"}).err == "");
}

TEST_CASE("the configuration is no input, whatever leads to it") {
  const test::TemporaryFolder folder;
  fill(folder, "");
  const auto files = [&](std::vector<std::string> args) {
    args.insert(args.end(), {"-o", "json"});
    return nlohmann::json::parse(run_in(folder, args).out)["inputs"]["files"].get<int>();
  };
  const int before = files({"audit", "."});
  folder.write("meshcheck.yaml", "version: 1\n");
  CHECK(files({"audit", "."}) == before);
  CHECK(files({"audit", "dev", "meshcheck.yaml"}) == before);
  CHECK(files({"audit", ".", "--isolated"}) == before);
  CHECK_FALSE(contains(run_in(folder, {"inspect", "--documents", "."}).out, "meshcheck.yaml"));
}

TEST_CASE("a mistake in the configuration ends audit and inspect with 2 and no report") {
  const test::TemporaryFolder folder;
  fill(folder, "selct: [ALL]\nrps: 3\n");
  for (const char* command : {"audit", "inspect"}) {
    const Ran run = run_in(folder, {command, "."});
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err ==
          "meshcheck: meshcheck.yaml:2:1: the configuration has no key `selct`\n"
          "  hint: did you mean `select`?\n"
          "meshcheck: meshcheck.yaml:3:6: `rps` is a single value; it takes a mapping\n");
  }
}

TEST_CASE("--rps and --node-allocatable reach the settings, and win over the configuration") {
  Settings settings;
  settings.requests_per_second["shop/web"] = 1;
  cli::InputOptions options;
  options.rates = {"shop/web=500", "shop/api=0.5"};
  options.node_allocatable = "cpu=3920m,memory=16Gi,count=10";
  REQUIRE_FALSE(cli::apply_flags(options, settings));
  CHECK(settings.requests_per_second.at("shop/web") == 500);
  CHECK(settings.requests_per_second.at("shop/api") == 0.5);
  REQUIRE(settings.nodes);
  CHECK(settings.nodes->cpu->milli() == 3920);
  CHECK(settings.nodes->memory == Quantity::parse("16Gi"));
  CHECK(settings.nodes->count == 10);
}

TEST_CASE("a wrong --rps or --node-allocatable is a usage error that shows the right form") {
  for (const char* word :
       {"web=3", "shop/web", "shop/web=fast", "shop/web=-1", "a/b/c=1", "/a=1"}) {
    CAPTURE(word);
    const Ran run = audit("", {"--rps", word});
    CHECK(run.status == 2);
    CHECK(contains(run.err, "shop/web=500"));
  }
  CHECK(contains(audit("", {"--node-allocatable", "mem=1"}).err, "there is no `mem` of a node"));
  for (const char* node :
       {"4", "cpu=x", "cpu=0", "cpu=1,cpu=2", "count=3", "cpu=1,count=0", "cpu=1,"}) {
    CAPTURE(node);
    const Ran run = audit("", {"--node-allocatable", node});
    CHECK(run.status == 2);
    CHECK(contains(run.err, "cpu=4,memory=16Gi,count=10"));
  }
}

TEST_CASE("explain and rules show the parameters, their types and how to set them") {
  const test::TemporaryFolder folder;
  const Ran explained = run_in(folder, {"explain", "MC203"});
  CHECK(contains(explained.out, "max-replicas = 5 (integer): "));
  CHECK(contains(explained.out, "parameters: {MC203: {max-replicas: 5}}"));
  const auto rules =
      nlohmann::json::parse(run_in(folder, {"rules", "-o", "json", "--select", "MC104"}).out);
  CHECK(rules[0]["parameters"]["min-cpu"]["default"] == "2");
  CHECK(rules[0]["parameters"]["min-cpu"]["type"] == "quantity");
}
