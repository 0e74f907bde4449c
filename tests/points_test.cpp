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

std::string expect_sidecar(const json& injector) {
  const json& cpu = injector["requests"]["cpu_milli"];
  const json& memory = injector["requests"]["memory_bytes"];
  if (memory.is_null()) return "error";
  const bool low = cpu.is_null() || cpu.get<int>() < 100 ||
                   memory.get<std::int64_t>() < (std::int64_t{128} << 20);
  return low ? "warning" : "pass";
}

// MC401 on the defaults of each revision's injector.
void check_injectors(const Mesh& mesh, const json& injectors) {
  const Rule* rule = find_rule("MC401");
  REQUIRE(rule != nullptr);
  for (const json& injector : injectors) {
    const std::string name = injector["name"].get<std::string>();
    const auto found = std::ranges::find(mesh.injectors, name, &Injector::name);
    REQUIRE(found != mesh.injectors.end());
    Sink sink(rule->info);
    rule->check(mesh, Parameters(rule->info, {}), sink);
    std::optional<Severity> severity;
    for (const Finding& finding : sink.findings()) {
      if (finding.message.find("of revision " + found->revision + ' ') != std::string::npos) {
        severity = finding.severity;
      }
    }
    INFO(name);
    CHECK(outcome(severity) == expect_sidecar(injector));
  }
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
  INFO(file.filename().string());
  check_injectors(*mesh, facts["injectors"]);
}

}  // namespace

TEST_CASE("points 1 to 4 of every render follow from what its values asked for") {
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

namespace {

// Of the revision's own configuration; "unknown" where the install has none.
std::string expect_access_log(const json& facts, const json& istiod) {
  for (const json& config : facts["meshes"]) {
    if (config["revision"] != istiod["revision"]) continue;
    const json& file = config["accessLogFile"];
    const bool by_file = file.is_string() && !file.get<std::string>().empty();
    return by_file || !config["defaultProviders_accessLogging"].is_null() ? "warning" : "pass";
  }
  return "unknown";
}

// Known up to 1.18, where charts set both to true; a variable without effect from 1.19 on.
std::string expect_sniffing(const json& istiod) {
  const bool known = !Version::parse(istiod["tag"].get<std::string>())->at_least(1, 19);
  for (const auto& [name, value] : istiod["env_sniffing"].items()) {
    if (!known || value != "true") return "warning";
  }
  return "pass";
}

bool is_evaluated(const Rule& rule, const Mesh& mesh) {
  Sink sink(rule.info);
  rule.check(mesh, Parameters(rule.info, {}), sink);
  return sink.judged_count() > 0;
}

// Nothing in a fresh install has a Telemetry, a verbose proxy or a Service of the user's.
void check_silence(const Mesh& mesh, const std::string& subject) {
  for (const char* id : {"MC502", "MC503", "MC504", "MC506"}) {
    INFO(id);
    CHECK(said(*find_rule(id), mesh, subject) == "pass");
  }
}

}  // namespace

TEST_CASE("point 5 of every render follows from what its values asked for") {
  const auto renders = test::shared_corpus("renders");
  if (!renders) return;
  const json index = json::parse(test::read_file(*renders / "index.json"));
  const Rule& log = *find_rule("MC501");
  const Rule& sniffing = *find_rule("MC505");
  std::set<std::string> outcomes;
  for (const json& entry : index["entries"]) {
    INFO(entry["file"]);
    const json& facts = entry["facts"];
    const test::YamlMesh mesh(test::read_file(*renders / entry["file"].get<std::string>()));
    bool quiet = true;
    bool detects = true;
    for (const json& istiod : facts["istiods"]) {
      const std::string subject = "control-plane/" + istiod["namespace"].get<std::string>() + "/" +
                                  istiod["revision"].get<std::string>();
      const std::string expected = expect_access_log(facts, istiod);
      CHECK(is_evaluated(log, *mesh) == (expected != "unknown"));
      CHECK(said(log, *mesh, subject) == (expected == "unknown" ? "pass" : expected));
      CHECK(said(sniffing, *mesh, subject) == expect_sniffing(istiod));
      check_silence(*mesh, subject);
      quiet = quiet && expected != "warning";
      detects = detects && expect_sniffing(istiod) == "pass";
      outcomes.insert("log " + expected);
      outcomes.insert("sniffing " + expect_sniffing(istiod));
    }
    CHECK(quiet == entry["baseline"]["accesslog_scoped"].get<bool>());
    CHECK(detects == entry["baseline"]["protocol_sniffing_on"].get<bool>());
  }
  CHECK(outcomes.size() == 5);
}
