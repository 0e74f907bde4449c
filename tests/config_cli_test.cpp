// What the configuration does to a run, as a user sees it.
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "cli/settings_flags.h"
#include "meshcheck/rule.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;

namespace {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

// Runs in `folder`, as relative paths have it.
Ran run_in(const test::TemporaryFolder& folder, const std::vector<std::string>& args,
           const std::map<std::string, std::string>& environment = {}) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const auto look_up = [&](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const int status = cli::run(args, {in, out, err, false, 0, look_up});
  fs::current_path(before);
  return {status, out.str(), err.str()};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
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
  CHECK(contains(audit("overrides: [{path: prod, ignore: [MC201]}]\n").out, "[MC201]"));
  CHECK(contains(audit("overrides: [{path: dev, ignore: [MC301]}]\n").out, "[MC201]"));
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
  CHECK(run_in(folder, args, {{"MESHCHECK_CONFIG", "other.yaml"}}).out == named.out);
  const Ran both = run_in(folder, with({"--config", "other.yaml", "--isolated"}));
  CHECK(both.status == 2);
  CHECK(contains(both.err, "contradict"));
  CHECK(run_in(folder, with({"--config", "missing.yaml"})).status == 2);
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
