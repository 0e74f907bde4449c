// Every rule is proved by the files in testdata/mcNNN/. No rule is named here: a rule without
// fixtures fails, and so do fixtures without a rule.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "input/split.h"
#include "meshcheck/rule.h"
#include "support/golden.h"
#include "support/yaml_mesh.h"

namespace fs = std::filesystem;
using namespace meshcheck;

namespace {

const fs::path kTestdata = test::source_folder() / "testdata";

std::string folder_of(const RuleInfo& rule) { return "mc" + std::string(rule.id.substr(2)); }

// `fail` or `pass` is one YAML file, or a folder.
std::optional<std::string> input_of(const fs::path& folder, const std::string& name) {
  for (const char* suffix : {".yaml", ""}) {
    if (fs::exists(folder / (name + suffix))) return name + suffix;
  }
  return std::nullopt;
}

std::vector<std::string> arguments(const fs::path& folder, const std::string& name) {
  std::vector<std::string> args;
  std::ifstream in(folder / (name + ".args"));
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.find(' ');
    args.push_back(line.substr(0, space));
    if (space != std::string::npos) args.push_back(line.substr(space + 1));
  }
  return args;
}

// Audits a fixture with one rule, from its folder, as a user would.
std::string audit(const fs::path& folder, const std::string& name, const RuleInfo& rule,
                  const std::string& format) {
  const auto input = input_of(folder, name);
  REQUIRE(input.has_value());
  std::vector<std::string> args = {"audit", "--select", std::string(rule.id), "-o", format, *input};
  for (std::string& arg : arguments(folder, name)) args.push_back(std::move(arg));
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  cli::run(args, {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  fs::current_path(before);
  CHECK(err.str() == "");
  return out.str();
}

// A point with one rule selected passes only where that rule judged something; a rule of no point
// says itself that what it did not judge was not all.
bool was_evaluated(const std::string& json, const RuleInfo& rule) {
  const auto report = nlohmann::json::parse(json);
  if (rule.point < 1 || rule.point > 8) {
    const auto& skipped = report["notEvaluated"];
    return std::ranges::all_of(skipped, [](const auto& one) { return one["partly"] == true; });
  }
  return report["points"][static_cast<std::size_t>(rule.point) - 1]["status"] == "pass";
}

// What a user pastes is YAML: a mapping or a list each, and an object's name is a string.
void check_paste(const std::string& rule, const std::string& yaml) {
  const test::YamlText pasted(yaml);
  INFO(rule << " suggests\n" << yaml);
  CHECK_FALSE(pasted.documents().empty());
  CHECK(pasted.documents().size() == split(yaml).size());  // none was dropped as unreadable
  for (const Document* document : pasted.documents()) {
    const Node root = document->root();
    CHECK((root.is_mapping() || root.is_sequence()));
    if (!root["kind"]) continue;
    CHECK(root["apiVersion"].type() == ScalarType::string);
    CHECK(root["metadata"]["name"].type() == ScalarType::string);
    const Node name_space = root["metadata"]["namespace"];
    CHECK((!name_space || name_space.type() == ScalarType::string));
  }
}

}  // namespace

TEST_CASE("what a finding suggests can be pasted") {
  for (const Rule& rule : all_rules()) {
    const fs::path folder = kTestdata / folder_of(rule.info);
    const auto report = nlohmann::json::parse(audit(folder, "fail", rule.info, "json"));
    for (const auto& finding : report["findings"]) {
      const auto& fix = finding["fix"];
      for (const char* part : {"patch", "values"}) {
        if (fix.is_object() && fix.contains(part) && fix[part].is_string()) {
          check_paste(std::string(rule.info.id), fix[part].get<std::string>());
        }
      }
    }
  }
}

TEST_CASE("every rule finds what its failing fixture shows, and nothing in its near misses") {
  for (const Rule& rule : all_rules()) {
    DYNAMIC_SECTION(rule.info.id) {
      const fs::path folder = kTestdata / folder_of(rule.info);
      const std::string found = audit(folder, "fail", rule.info, "concise");
      CHECK_FALSE(found.empty());
      test::check_golden(folder / "fail.expected", found);
      CHECK(audit(folder, "pass", rule.info, "concise") == "");
      if (rule.info.by == RuleBy::mesh) {
        CHECK(was_evaluated(audit(folder, "pass", rule.info, "json"), rule.info));
      }
    }
  }
}

TEST_CASE("every fixture folder belongs to a rule") {
  for (const auto& entry : fs::directory_iterator(kTestdata)) {
    const std::string name = entry.path().filename();
    if (!entry.is_directory() || !name.starts_with("mc")) continue;
    INFO(name);
    CHECK(std::ranges::any_of(all_rules(),
                              [&](const Rule& rule) { return folder_of(rule.info) == name; }));
  }
}
