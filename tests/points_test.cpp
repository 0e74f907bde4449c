// The rules on istiod against what is known of 214 renders of Istio's charts: the facts of
// shared/corpus/renders/index.json, taken by another program, and our thresholds.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "meshcheck/rule.h"
#include "support/golden.h"
#include "support/shared_corpus.h"
#include "support/yaml_mesh.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using nlohmann::json;

namespace {

std::string outcome(std::optional<Severity> severity) {
  return severity ? std::string(to_string(*severity)) : "pass";
}

std::string expect_cpu_request(const json& istiod) {
  const json& milli = istiod["requests"]["cpu_milli"];
  if (milli.is_null() || milli.get<int>() < 100) return "error";
  return milli.get<int>() < 500 ? "warning" : "pass";
}

std::string expect_memory_request(const json& istiod) {
  const json& bytes = istiod["requests"]["memory_bytes"];
  return bytes.is_null() || bytes.get<std::int64_t>() < (std::int64_t{2} << 30) ? "error" : "pass";
}

int replicas_at_rest(const json& istiod) {
  if (!istiod["hpa"].is_null()) return istiod["hpa"].value("min", 1);
  return istiod["replicas"].is_null() ? 1 : istiod["replicas"].get<int>();
}

std::string expect_replicas(const json& istiod) {
  return replicas_at_rest(istiod) < 2 ? "error" : "pass";
}

std::string expect_autoscaler(const json& istiod) {
  if (!istiod["hpa"].is_null()) return "pass";
  return replicas_at_rest(istiod) < 2 ? "warning" : "info";
}

std::string expect_cpu_target(const json& istiod) {
  if (istiod["hpa"].is_null()) return "pass";
  return istiod["hpa"]["cpu_target"].get<int>() > 60 ? "warning" : "pass";
}

std::string expect_budget(const json& istiod) { return istiod["pdb"].is_null() ? "error" : "pass"; }

// Constraints in these renders are on zones, and soft: they keep no two pods off one node.
std::string expect_spread(const json& istiod) {
  const json& affinity = istiod["anti_affinity"];
  const auto holds = [&](const char* list) {
    const json& keys = affinity[list];
    return affinity["selects_self"].get<bool>() &&
           std::find(keys.begin(), keys.end(), "kubernetes.io/hostname") != keys.end();
  };
  if (holds("required")) return istiod["topology_spread"].empty() ? "info" : "pass";
  return holds("preferred") ? "info" : "warning";
}

// No render holds a default beside a revision.
std::string expect_revision(const json& istiod) {
  return istiod["revision"] == "default" ? "warning" : "pass";
}

struct Expectation {
  const char* rule;
  std::string (*of)(const json& istiod);
};

constexpr Expectation kExpectations[] = {
    {"MC101", expect_cpu_request}, {"MC102", expect_memory_request}, {"MC201", expect_replicas},
    {"MC202", expect_autoscaler},  {"MC204", expect_cpu_target},     {"MC207", expect_budget},
    {"MC210", expect_spread},      {"MC301", expect_revision},
};

// What the rule says of one control plane.
std::string said(const Rule& rule, const Mesh& mesh, const std::string& subject) {
  Sink sink(rule.info);
  rule.check(mesh, Parameters(rule.info, {}), sink);
  std::optional<Severity> severity;
  for (const Finding& finding : sink.findings()) {
    if (finding.subject == subject) severity = finding.severity;
  }
  return outcome(severity);
}

void check_render(const fs::path& file, const json& facts) {
  const test::YamlMesh mesh(test::read_file(file));
  CHECK(mesh->control_planes.size() == facts["istiods"].size());
  for (const json& istiod : facts["istiods"]) {
    const std::string subject = "control-plane/" + istiod["namespace"].get<std::string>() + "/" +
                                istiod["revision"].get<std::string>();
    for (const Expectation& expectation : kExpectations) {
      const Rule* rule = find_rule(expectation.rule);
      REQUIRE(rule != nullptr);
      INFO(file.filename().string() << " " << subject << " " << expectation.rule);
      CHECK(said(*rule, *mesh, subject) == expectation.of(istiod));
    }
  }
}

}  // namespace

TEST_CASE("points 1 to 3 of every render follow from what its values asked for") {
  const auto renders = test::shared_corpus("renders");
  if (!renders) return;
  const json index = json::parse(test::read_file(*renders / "index.json"));
  std::set<std::string> outcomes;
  for (const json& entry : index["entries"]) {
    check_render(*renders / entry["file"].get<std::string>(), entry["facts"]);
    for (const json& istiod : entry["facts"]["istiods"]) {
      for (const Expectation& expectation : kExpectations) {
        outcomes.insert(std::string(expectation.rule) + " " + expectation.of(istiod));
      }
    }
  }
  // The corpus shows both sides of each of these rules, or this test would prove little.
  for (const Expectation& expectation : kExpectations) {
    INFO(expectation.rule);
    const std::string pass = std::string(expectation.rule) + " pass";
    CHECK((outcomes.count(pass) == 1 || std::string_view(expectation.rule) == "MC210"));
  }
  CHECK(outcomes.size() >= 16);
}
