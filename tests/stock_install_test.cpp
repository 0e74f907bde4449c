// What a mesh hears that was installed as Istio comes: one finding on istiod's availability, not
// six.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using nlohmann::json;

namespace {

constexpr const char* kRules =
    "MC101,MC102,MC103,MC104,MC109,MC110,MC201,MC202,MC203,MC204,MC207,MC208,MC210,MC3";

std::string audit(const std::string& file, const std::string& format) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const fs::path before = fs::current_path();
  fs::current_path(test::testdata() / "_stock");
  cli::run({"audit", "--quiet", "--select", kRules, "-o", format, "--now", "2025-03-01", file},
           {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  fs::current_path(before);
  CHECK(err.str() == "");
  return out.str();
}

std::vector<std::string> rules_of(const json& report) {
  std::vector<std::string> rules;
  for (const json& finding : report["findings"]) {
    rules.push_back(finding["rule"].get<std::string>());
  }
  return rules;
}

const json& finding_of(const json& report, const std::string& rule) {
  for (const json& finding : report["findings"]) {
    if (finding["rule"] == rule) return finding;
  }
  throw std::runtime_error("no finding of " + rule);
}

}  // namespace

TEST_CASE("a stock install is one finding each of availability, memory limit and revision") {
  for (const auto& entry : fs::directory_iterator(test::testdata() / "_stock")) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".yaml") continue;
    DYNAMIC_SECTION(name) {
      std::vector<std::string> rules = rules_of(json::parse(audit(name, "json")));
      std::sort(rules.begin(), rules.end());
      CHECK(rules == std::vector<std::string>{"MC103", "MC201", "MC301"});
    }
  }
}

TEST_CASE("the one finding's fix holds every setting that point 2 needs") {
  for (const auto& entry : fs::directory_iterator(test::testdata() / "_stock")) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".yaml") continue;
    DYNAMIC_SECTION(name) {
      const json report = json::parse(audit(name, "json"));
      const auto values = finding_of(report, "MC201")["fix"]["values"].get<std::string>();
      for (const char* setting :
           {"autoscaleMin: 2", "targetAverageUtilization: 60",
            "topologySpreadConstraints:", "matchLabelKeys: [pod-template-hash]"}) {
        INFO(values);
        CHECK(values.find(setting) != std::string::npos);
      }
      test::check_golden(test::testdata() / "_stock" / (entry.path().stem().string() + ".expected"),
                         audit(name, "text"));
    }
  }
}

TEST_CASE("a stock install that took the fixes of its settings has only its revision left") {
  for (const std::string name : {"values-1.27.yaml", "values-1.30.yaml"}) {
    DYNAMIC_SECTION(name) {
      const json before = json::parse(audit(name, "json"));
      std::string values = test::read_file(test::testdata() / "_stock" / name);
      for (const char* rule : {"MC103", "MC201"}) {
        values += finding_of(before, rule)["fix"]["values"].get<std::string>();
      }
      const test::TemporaryFolder folder;
      folder.write("values.yaml", values);
      INFO(values);
      const json after = json::parse(audit(folder / "values.yaml", "json"));
      CHECK(rules_of(after) == std::vector<std::string>{"MC301"});
    }
  }
}
