#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "support/sample_reports.h"

using namespace meshcheck;
using Json = nlohmann::ordered_json;

namespace {

Json run_of(const Report& report) {
  std::ostringstream out;
  report::write_sarif(report, {}, out);
  return Json::parse(out.str())["runs"][0];
}

}  // namespace

TEST_CASE("a SARIF run without findings has an empty list of results", "[sarif]") {
  const Json run = run_of(test::sample_report("empty"));
  CHECK(run["results"] == Json::array());
  CHECK(run["tool"]["driver"]["rules"].size() == 3);
}

TEST_CASE("SARIF success means that we ran, not that nothing was found", "[sarif]") {
  CHECK(run_of(test::sample_report("one"))["invocations"][0]["executionSuccessful"] == true);
  const Json incomplete = run_of(test::sample_report("errors"))["invocations"][0];
  CHECK(incomplete["executionSuccessful"] == true);
  CHECK(incomplete["toolExecutionNotifications"].size() == 2);

  Report broken = test::sample_report("one");
  broken.exit_code = Exit::internal;
  CHECK(run_of(broken)["invocations"][0]["executionSuccessful"] == false);
}

TEST_CASE("every SARIF result names its rule by id and by index", "[sarif]") {
  for (const auto& [name, report] : test::sample_reports()) {
    const Json run = run_of(report);
    const Json& rules = run["tool"]["driver"]["rules"];
    for (const Json& result : run["results"]) {
      CAPTURE(name, result["ruleId"]);
      if (!result.contains("ruleIndex")) continue;  // of a rule that was not selected by name
      CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
    }
  }
}

TEST_CASE("every related location is linked from the message", "[sarif]") {
  for (const auto& [name, report] : test::sample_reports()) {
    const Json run = run_of(report);
    for (const Json& result : run["results"]) {
      const std::string text = result["message"]["text"];
      const Json related_locations = result.value("relatedLocations", Json::array());
      for (const Json& related : related_locations) {
        CAPTURE(name, text);
        CHECK(text.find("](" + related["id"].dump() + ")") != std::string::npos);
      }
    }
  }
}

TEST_CASE("every SARIF location has a relative URI and a region", "[sarif]") {
  for (const auto& [name, report] : test::sample_reports()) {
    const Json run = run_of(report);
    for (const Json& result : run["results"]) {
      const Json& place = result["locations"][0]["physicalLocation"];
      const std::string uri = place["artifactLocation"]["uri"];
      CAPTURE(name, uri);
      CHECK(uri.find_first_of(" <>\"\\^`{|}\n\x1b") == std::string::npos);
      CHECK(uri.find(':') == std::string::npos);
      CHECK(uri.front() != '/');
      CHECK(place["region"]["startLine"].get<int>() >= 1);
    }
  }
}

TEST_CASE("a path is percent-encoded in SARIF", "[sarif]") {
  const Json run = run_of(test::sample_report("many"));
  CHECK(run["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
        "charts/a%20b/100%25/deploy%3Ament.yaml");
}

TEST_CASE("the SARIF snippet is what the columns mark, in code points", "[sarif]") {
  const Json run = run_of(test::sample_report("unicode"));
  CHECK(run["results"][0]["locations"][0]["physicalLocation"]["region"]["snippet"]["text"] ==
        "網格");
}

TEST_CASE("suppressed findings stay out of SARIF", "[sarif]") {
  CHECK(run_of(test::sample_report("several_meshes"))["results"].size() == 1);
}

TEST_CASE("an object of the cluster has a logical location in SARIF", "[sarif]") {
  const Json run = run_of(test::sample_report("no_location"));
  CHECK(run["results"][0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] ==
        "HorizontalPodAutoscaler/istio-system/istiod spec.minReplicas");
  CHECK(run["automationDetails"]["id"] == "meshcheck/live/");
}

TEST_CASE("the fingerprints are GitHub's and ours", "[sarif]") {
  const Json run = run_of(test::sample_report("one"));
  CHECK(run["results"][0]["partialFingerprints"] ==
        Json{{"primaryLocationLineHash", "a7f2ff13bc495cf2:1"},
             {"meshcheck/objectField/v1", "0123456789abcdef"}});
}

TEST_CASE("beyond 25,000 results the least severe are left out, and SARIF says so", "[sarif]") {
  Report report = test::sample_report("one");
  const Finding error = report.findings.front();
  Finding info = error;
  info.severity = Severity::info;
  report.findings.assign(25'000, info);
  report.findings.push_back(error);
  const Json run = run_of(report);
  CHECK(run["results"].size() == 25'000);
  CHECK(run["results"].back()["level"] == "error");
  const Json notifications = run["invocations"][0]["toolExecutionNotifications"];
  REQUIRE(notifications.size() == 1);
  CHECK(notifications[0]["message"]["text"] ==
        "The 1 least severe of 25001 results are left out: GitHub code scanning accepts 25000 in a "
        "run.");
}

TEST_CASE("only rules about security make security alerts", "[sarif]") {
  const Json run = run_of(test::sample_report("empty"));
  for (const Json& rule : run["tool"]["driver"]["rules"]) {
    CHECK(rule["properties"].contains("security-severity") == (rule["id"] == "MC602"));
  }
}
