// meshcheck.yaml as it is read: every key, and every mistake with its place.
#include "cli/config.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "cli/config_keys.h"
#include "meshcheck/rule.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

using namespace meshcheck;
using cli::ConfigRead;

namespace {

ConfigRead read_text(const std::string& text) {
  const test::TemporaryFolder folder;
  folder.write("meshcheck.yaml", text);
  return cli::read_config(folder / "meshcheck.yaml");
}

// "line:column: message", a line each.
std::string mistakes(const std::string& text) {
  std::string out;
  for (const Error& error : read_text(text).errors) {
    REQUIRE(error.location.has_value());
    out += fmt::format("{}:{}: {}\n", error.location->line, error.location->column, error.message);
  }
  return out;
}

// Of one line below `version: 1`.
std::string mistake(const std::string& line) { return mistakes("version: 1\n" + line + "\n"); }

std::string hint(const std::string& line) {
  const ConfigRead read = read_text("version: 1\n" + line + "\n");
  return read.errors.empty() ? "" : read.errors.front().hint;
}

}  // namespace

TEST_CASE("the example in docs has every key and no mistake") {
  const auto path = test::source_folder() / "docs/meshcheck.yaml";
  const ConfigRead read = cli::read_config(path.string());
  for (const Error& error : read.errors) FAIL_CHECK(error.message);
  const std::string text = test::read_file(path);
  for (const cli::KeyInfo& key : cli::config_keys()) {
    CAPTURE(key.name);
    CHECK(text.find(fmt::format("\n{}:", key.name)) != std::string::npos);
  }
}

TEST_CASE("each key ends up where it is used") {
  const ConfigRead read = read_text(
      "version: 1\nselect: [MC2]\nignore: [MC204, availability]\n"
      "severities: {MC204: info, istiod-hpa-range: error}\n"
      "parameters: {MC203: {max-replicas: 7}, MC102: {min-memory: 3Gi}, MC104: {min-cpu: 1500m},\n"
      "  MC303: {known-revisions: [a, b]}}\n"
      "team-label: example.com/team\n"
      "budgets: [{namespace: shop, cpu: \"2\", memory: 4Gi}, {team: payments, cpu: 8}]\n"
      "rps: {shop/web: 500, shop/api: 0.5}\n"
      "investigations: [{namespace: shop, workload: web, until: 2026-12-01, reason: INC-1}]\n"
      "support: {\"1.29\": 2026-10-15, 1.30: 2027-01-31}\n"
      "overrides: [{path: \"dev/**\", ignore: [MC301]}]\n");
  REQUIRE(read.errors.empty());
  const cli::Config& config = read.config;
  CHECK(config.select == std::vector<std::string>{"MC2"});
  CHECK(config.ignore == std::vector<std::string>{"MC204", "availability"});
  CHECK(config.severities.at("MC204") == Severity::info);
  CHECK(config.severities.at("MC203") == Severity::error);
  CHECK(config.parameters.at("MC203").front().second == "7");
  CHECK(config.parameters.at("MC102").front().second == "3Gi");
  CHECK(config.parameters.at("MC104").front().second == "1500m");
  CHECK(config.parameters.at("MC303").front().second == "a b");
  const Settings& settings = config.settings;
  CHECK(settings.team_label == "example.com/team");
  REQUIRE(settings.budgets.size() == 2);
  CHECK(settings.budgets[0].name_space == "shop");
  CHECK(settings.budgets[0].memory == Quantity::parse("4Gi"));
  CHECK(settings.budgets[1].team == "payments");
  CHECK(settings.budgets[1].cpu->milli() == 8000);
  CHECK_FALSE(settings.budgets[1].memory);
  CHECK(settings.requests_per_second.at("shop/web") == 500);
  CHECK(settings.requests_per_second.at("shop/api") == 0.5);
  REQUIRE(settings.investigations.size() == 1);
  CHECK(settings.investigations[0].workload == "web");
  CHECK(settings.investigations[0].until == parse_day("2026-12-01"));
  CHECK(settings.investigations[0].reason == "INC-1");
  CHECK(settings.support.at("1.29") == parse_day("2026-10-15"));
  CHECK(settings.support.at("1.30") == parse_day("2027-01-31"));
  REQUIRE(config.overrides.size() == 1);
  CHECK(config.overrides[0].path == "dev/**");
}

TEST_CASE("a key without a value is as good as absent") {
  const ConfigRead read = read_text(
      "version: 1\nselect:\nignore:\nseverities:\nparameters:\nteam-label:\nbudgets:\nrps:\n"
      "investigations:\nsupport:\nsuppressions:\noverrides:\n");
  CHECK(read.errors.empty());
  CHECK(read.config.settings.team_label == "team");
}

TEST_CASE("every mistake in the configuration has its place") {
  CHECK(mistakes("ignore: []\n") == "1:1: the configuration has no `version`\n");
  CHECK(mistakes("version: 2\n") == "1:10: `version` is `2`; this meshcheck knows 1\n");
  CHECK(mistakes("") == "1:1: the configuration is empty\n");
  CHECK(mistakes("- a\n") == "1:1: the configuration is a list; it takes a mapping\n");
  CHECK(mistakes("version: 1\n---\nversion: 1\n") ==
        "3:1: the configuration is one document; a second begins here\n");
  CHECK(mistake("selct: [ALL]") == "2:1: the configuration has no key `selct`\n");
  CHECK(mistake("select: []") == "2:9: `select` names no rule\n");
  CHECK(mistake("select: MC2") == "2:9: `select` is a single value; it takes a list\n");
  CHECK(mistake("ignore: [MC20x]") == "2:10: no rule, prefix or tag is called `MC20x`\n");
  CHECK(mistake("ignore: [[MC201]]") == "2:10: an item of `ignore` is a list; it takes a text\n");
  CHECK(mistake("severities: {MC999: info}") == "2:14: no rule is called `MC999`\n");
  CHECK(mistake("severities: {MC204: loud}") ==
        "2:21: the severity of MC204 is `loud`, not error, warning or info\n");
  CHECK(mistake("severities: {MC204: info, istiod-hpa-cpu-target: info}") ==
        "2:27: `severities` names MC204 twice\n");
  CHECK(mistake("parameters: {MC203: {max-replica: 4}}") ==
        "2:22: MC203 has no parameter `max-replica`\n");
  CHECK(mistake("parameters: {MC203: {max-replicas: many}}") ==
        "2:36: `max-replicas` of MC203 is `many`; it takes a whole number of 0 or more\n");
  CHECK(mistake("parameters: {MC203: {max-replicas: -1}}") ==
        "2:36: `max-replicas` of MC203 is `-1`; it takes a whole number of 0 or more\n");
  CHECK(mistake("parameters: {MC102: {min-memory: 2 GB}}") ==
        "2:34: `min-memory` of MC102 is `2 GB`; it takes a quantity such as 500m or 2Gi\n");
  CHECK(mistake("parameters: {MC303: {known-revisions: [a, b c]}}") ==
        "2:43: a word of `known-revisions` of MC303 has a blank\n");
  CHECK(mistake("team-label: a b") == "2:13: `team-label` is `a b`, which is no key of a label\n");
  CHECK(mistake("budgets: [{namespace: a, team: b, cpu: 1}]") ==
        "2:11: a budget is of one namespace or of one team\n");
  CHECK(mistake("budgets: [{team: b}]") == "2:11: a budget limits nothing\n");
  CHECK(mistake("budgets: [{team: b, cpu: 1x}]") == "2:26: `cpu` is `1x`, which is no quantity\n");
  CHECK(mistake("budgets: [{team: b, cpus: 1, memory: 1Gi}]") ==
        "2:21: a budget has no key `cpus`\n");
  CHECK(mistake("rps: {web: 3}") == "2:7: `web` is no workload\n");
  CHECK(mistake("rps: {a/web: fast}") == "2:14: `a/web` is `fast`, which is no rate\n");
  CHECK(mistake("investigations: [{workload: a}]") ==
        "2:18: an investigation names no namespace\n");
  CHECK(mistake("investigations: [{namespace: a, until: 2026-02-30}]") ==
        "2:40: `until` is `2026-02-30`, which is no date\n");
  CHECK(mistake("support: {1.29.1: 2026-10-15}") ==
        "2:11: `1.29.1` is no minor version of Istio\n");
  CHECK(mistake("support: {1.29: soon}") == "2:17: `1.29` is `soon`, which is no date\n");
  CHECK(mistake("suppressions: [{rules: MC201}]") == "2:17: a suppression has no key `rules`\n");
  CHECK(mistake("suppressions: [{rule: MC201, until: soon}]") ==
        "2:37: `until` is `soon`, which is no date\n");
  CHECK(mistake("overrides: [{ignore: [MC201]}]") ==
        "2:13: an override names neither path nor namespace\n");
  CHECK(mistake("overrides: [{path: dev}]") == "2:13: an override changes nothing\n");
  CHECK(mistake("overrides: [{namespace: a/b, ignore: [MC201]}]") ==
        "2:25: `a/b` is no pattern of namespaces\n");
  CHECK(mistake("overrides: [{path: dev, severities: {MC301: inf}}]") ==
        "2:45: the severity of MC301 is `inf`, not error, warning or info\n");
  CHECK(mistake("overrides: [{path: dev, ignore: [MC301], when: now}]") ==
        "2:42: an override has no key `when`\n");
  CHECK(mistake("overrides: [{path: \"!dev\", ignore: [MC201]}]") ==
        "2:20: `!dev` is no pattern of paths\n");
  CHECK(mistake("overrides: [{path: ../dev, ignore: [MC201]}]") ==
        "2:20: `../dev` is no pattern of paths\n");
}

TEST_CASE("all mistakes of a file are told at once, in the order of the file") {
  CHECK(mistakes("version: 3\nbudgets: 4\nselect: [MC2, nothing]\nteam: a\n") ==
        "1:10: `version` is `3`; this meshcheck knows 1\n"
        "2:10: `budgets` is a single value; it takes a list\n"
        "3:15: no rule, prefix or tag is called `nothing`\n"
        "4:1: the configuration has no key `team`\n");
}

TEST_CASE("a mistake is told once: what is misspelt is not missing too") {
  CHECK(mistakes("version: 1\nbudgets: [{namspace: a, cpu: 1}]\n") ==
        "2:12: a budget has no key `namspace`\n");
  CHECK(mistakes("version: 1\noverrides: [{paths: a, ignore: [MC1]}]\n") ==
        "2:14: an override has no key `paths`\n");
  const std::string twice = mistakes("version: 1\nseverities:\n  MC204: info\n  MC204: error\n");
  CHECK(std::ranges::count(twice, '\n') == 1);
  CHECK(mistake("parameters: {MC203: {max-replicas: 99999999999}}") ==
        "2:36: `max-replicas` of MC203 is `99999999999`; it takes at most 1000000000\n");
}

TEST_CASE("broken YAML and a key given twice are mistakes of the file too") {
  CHECK(mistakes("version: 1\nteam-label: \"team\nselect: [MC2]\n") ==
        "2:13: the quote that opens here is never closed\n");
  const std::string twice = mistakes("version: 1\nignore: [MC204]\nignore: [MC207]\n");
  CHECK(twice == "3:1: key `ignore` stands twice: first on line 2\n");
}

TEST_CASE("a mistake comes with what was meant") {
  CHECK(hint("selct: [ALL]") == "did you mean `select`?");
  CHECK(hint("severities: {MC204: eror}") == "did you mean `error`?");
  CHECK(hint("severities: {MC204: off}") == "to turn the rule off: ignore: [MC204]");
  CHECK(hint("severities: {istiod-hpa-rang: info}") == "did you mean `istiod-hpa-range`?");
  CHECK(hint("parameters: {MC203: {max-replica: 4}}") == "did you mean `max-replicas`?");
  CHECK(hint("parameters: {MC203: {max-replicas: x}}") == "the default is 5");
  CHECK(hint("select: MC2") == "write it in brackets: [a, b]");
  CHECK(hint("team: a") == "did you mean `team-label`?");
  CHECK(hint("severities: {MC204: warn}") == "did you mean `warning`?");
  CHECK(hint("parameters: {max-cpu-target: 7}") ==
        "it is a parameter of MC204: write MC204: {max-cpu-target: …}");
}

TEST_CASE("every parameter takes its own default") {
  for (const Rule& rule : all_rules()) {
    for (const ParameterInfo& parameter : rule.info.parameters) {
      CAPTURE(rule.info.id, parameter.name);
      const std::string quote = parameter.type == ParameterType::text ? "\"" : "";
      const ConfigRead read =
          read_text(fmt::format("version: 1\nparameters: {{{}: {{{}: {}{}{}}}}}\n", rule.info.id,
                                parameter.name, quote, parameter.default_value, quote));
      CHECK(read.errors.empty());
      CHECK(read.config.parameters.at(std::string(rule.info.id)).front().second ==
            parameter.default_value);
    }
  }
}

TEST_CASE("the configuration is looked for upward, to the root of the repository") {
  const test::TemporaryFolder folder;
  folder.write("meshcheck.yaml", "version: 1\n");
  folder.write("repository/.git/HEAD", "");
  folder.write("repository/deploy/a.yaml", "a: 1\n");
  folder.write("plain/deploy/a.yaml", "a: 1\n");
  CHECK(cli::find_config(folder / "plain/deploy/a.yaml") == folder / "meshcheck.yaml");
  CHECK(cli::find_config(folder / "plain/deploy/missing.yaml") == folder / "meshcheck.yaml");
  CHECK(cli::find_config(folder / "repository/deploy").empty());
  folder.write("repository/meshcheck.yaml", "version: 1\n");
  CHECK(cli::find_config(folder / "repository/deploy") == folder / "repository/meshcheck.yaml");
}

TEST_CASE("a manifest that happens to be called meshcheck.yaml is no configuration") {
  const test::TemporaryFolder folder;
  folder.write("meshcheck.yaml", "version: 1\n");
  folder.write("deploy/meshcheck.yaml",
               "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x}\n");
  CHECK(cli::find_config(folder / "deploy") == folder / "meshcheck.yaml");
}

TEST_CASE("a configuration that cannot be read is an error") {
  CHECK(cli::read_config("/no/such/meshcheck.yaml").errors.size() == 1);
  CHECK(cli::read_config("/").errors.size() == 1);
  CHECK(cli::read_config("-").errors.size() == 1);
}
