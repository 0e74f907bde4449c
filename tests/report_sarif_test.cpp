#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "support/sample_reports.h"

using namespace meshcheck;
using Json = nlohmann::ordered_json;

namespace {

Json run_of(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  report::write_sarif(report, style, out);
  return Json::parse(out.str())["runs"][0];
}

}  // namespace

TEST_CASE("a SARIF run without findings has an empty list of results", "[sarif]") {
  const Json run = run_of(test::sample_report("empty"));
  CHECK(run["results"] == Json::array());
  CHECK(run["tool"]["driver"]["rules"].size() == 3);
}

TEST_CASE("SARIF success means that all was looked at, not that nothing was found", "[sarif]") {
  const Json found = run_of(test::sample_report("one"))["invocations"][0];
  CHECK(found["executionSuccessful"] == true);
  CHECK(found["exitCode"] == 1);
  const Json incomplete = run_of(test::sample_report("errors"))["invocations"][0];
  CHECK(incomplete["executionSuccessful"] == false);
  CHECK(incomplete["exitCode"] == 3);
  CHECK(incomplete["toolExecutionNotifications"][0]["level"] == "error");

  Report broken = test::sample_report("one");
  broken.exit_code = Exit::internal;
  CHECK(run_of(broken)["invocations"][0]["executionSuccessful"] == false);
}

TEST_CASE("rules that were not evaluated are notifications, with the reason", "[sarif]") {
  const Json run = run_of(test::sample_report("many"));
  const Json& notifications = run["invocations"][0]["toolExecutionNotifications"];
  REQUIRE(notifications.size() == 6);
  CHECK(notifications[0] ==
        Json{{"level", "note"},
             {"message",
              {{"text", "MC701 proxies-stale was not evaluated: no proxy status in the input."}}},
             {"associatedRule", {{"id", "MC701"}, {"index", 3}}}});
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

TEST_CASE("a SARIF region is one line", "[sarif]") {
  Report report = test::sample_report("one");
  report.findings[0].location->end_line = 220;
  const Json region = run_of(report)["results"][0]["locations"][0]["physicalLocation"]["region"];
  CHECK(region == Json{{"startLine", 214}, {"startColumn", 16}});
  for (const auto& [name, sample] : test::sample_reports()) {
    const Json run = run_of(sample);
    for (const Json& result : run["results"]) {
      const Json& at = result["locations"][0]["physicalLocation"]["region"];
      CAPTURE(name);
      CHECK((!at.contains("endLine") || at["endLine"] == at["startLine"]));
    }
  }
}

TEST_CASE("accepted findings are in SARIF only where asked for, with their reason", "[sarif]") {
  CHECK(run_of(test::sample_report("several_meshes"))["results"].size() == 1);
  const Report& report = test::sample_report("accepted");
  const Json plain = run_of(report);
  REQUIRE(plain["results"].size() == 1);
  CHECK_FALSE(plain["results"][0].contains("suppressions"));
  const Json asked = run_of(report, {.suppressed = true});
  REQUIRE(asked["results"].size() == 3);
  CHECK(asked["results"][1]["suppressions"] ==
        Json::array(
            {{{"kind", "external"},
              {"status", "accepted"},
              {"justification", "incident [INC-1](http://x), until \\x1b[2Jthe end of May"}}}));
}

TEST_CASE("findings of one rule at one line are one result that tells all of them", "[sarif]") {
  const Json run = run_of(test::sample_report("crowded"));
  REQUIRE(run["results"].size() == 15);  // of 16 findings
  const Json& both = run["results"][13];
  CHECK(both["level"] == "warning");
  CHECK(both["message"]["text"].get<std::string>().starts_with(
      "the whole mesh writes access logs. Here too: the format of the log is the default "
      "one."));
  std::set<std::pair<std::string, std::string>> places;
  for (const Json& result : run["results"]) {
    const Json& place = result["locations"][0]["physicalLocation"];
    CHECK(places
              .emplace(result["ruleId"], place["artifactLocation"]["uri"].get<std::string>() +
                                             place["region"]["startLine"].dump())
              .second);
  }
}

TEST_CASE("a SARIF message links related places only, whatever the input says", "[sarif]") {
  const Json run = run_of(test::sample_report("hostile"));
  const std::string text = run["results"][0]["message"]["text"];
  CHECK(text.find("[a\\](1)") != std::string::npos);
  CHECK(text.find("http://x\\x07") != std::string::npos);
  Report report = test::sample_report("one");
  const Related related = report.findings[0].related[1];
  for (std::uint32_t i = 0; i < 50; ++i) {
    report.findings[0].related.push_back(related);
    report.findings[0].related.back().location->line = 100 + i;
  }
  const Json many = run_of(report);
  CHECK(many["results"][0]["relatedLocations"].size() == 20);
  CHECK(many["results"][0]["message"]["text"].get<std::string>().ends_with("And 32 more places."));
}

TEST_CASE("SARIF names files from the root of the repository", "[sarif]") {
  const auto uris = [](const ReportStyle& style) {
    std::vector<std::string> out;
    const Json run = run_of(test::sample_report("outside"), style);
    for (const Json& result : run["results"]) {
      out.push_back(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    }
    return out;
  };
  CHECK(uris({.repository = "/srv", .folder = "clusters/prod"}) ==
        std::vector<std::string>{"clusters/shared/istiod.yaml", "mesh/istiod.yaml", "%3Cstdin%3E"});
  CHECK(uris({}) == std::vector<std::string>{"outside-the-repository/shared/istiod.yaml",
                                             "outside-the-repository/srv/mesh/istiod.yaml",
                                             "%3Cstdin%3E"});
}

TEST_CASE("SARIF says how its columns count, and what its category is", "[sarif]") {
  Report report = test::sample_report("one");
  CHECK(run_of(report)["columnKind"] == "unicodeCodePoints");
  CHECK(run_of(report)["automationDetails"]["id"] == "meshcheck/");
  report.category = "clusters/prod";
  CHECK(run_of(report)["automationDetails"]["id"] == "meshcheck/clusters/prod/");
}

TEST_CASE("a SARIF rule has its help in Markdown, within GitHub's limits", "[sarif]") {
  Report report = test::sample_report("one");
  report.rules[0].why.assign(3000, 'x');
  report.rules[0].tags.assign(30, "tag");
  const Json run = run_of(report);
  const Json& rule = run["tool"]["driver"]["rules"][0];
  CHECK(rule["fullDescription"]["text"].get<std::string>().size() == 1024);
  CHECK(rule["properties"]["tags"].size() == 20);
  CHECK(rule["help"]["markdown"].get<std::string>().starts_with("# MC201 istiod-single-replica\n"));
  CHECK(rule["help"]["text"].get<std::string>().find("Fix: Keep at least two") !=
        std::string::npos);
  CHECK(rule["defaultConfiguration"]["level"] == "error");
  CHECK(rule["properties"]["problem.severity"] == "error");
  CHECK(rule["properties"]["precision"] == "very-high");
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

namespace {

// One error behind so many infos, each at a line of its own.
Report with_infos(std::uint32_t count) {
  Report report = test::sample_report("one");
  const Finding error = report.findings.front();
  Finding info = error;
  info.severity = Severity::info;
  info.related.clear();
  info.fix.reset();
  report.findings.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    info.location->line = info.location->end_line = 1000 + i;
    report.findings.push_back(info);
  }
  report.findings.push_back(error);
  return report;
}

}  // namespace

TEST_CASE("beyond 25,000 results the least severe are left out, and SARIF says so", "[sarif]") {
  const Json run = run_of(with_infos(25'000));
  CHECK(run["results"].size() == 25'000);
  CHECK(run["results"].back()["level"] == "error");
  const Json notifications = run["invocations"][0]["toolExecutionNotifications"];
  REQUIRE(notifications.size() == 1);
  CHECK(notifications[0]["message"]["text"] ==
        "The 1 least severe of 25001 results are left out: GitHub code scanning accepts 25000 in a "
        "run.");
}

TEST_CASE("beyond 5,000 results SARIF says that GitHub does not show them all", "[sarif]") {
  const Json run = run_of(with_infos(5'000));
  CHECK(run["results"].size() == 5'001);
  CHECK(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] ==
        "GitHub code scanning shows the 5000 gravest of these 5001 results.");
  CHECK(run_of(with_infos(4'999))["invocations"][0]["toolExecutionNotifications"].empty());
}

TEST_CASE("only rules about security make security alerts", "[sarif]") {
  const Json run = run_of(test::sample_report("empty"));
  for (const Json& rule : run["tool"]["driver"]["rules"]) {
    CHECK(rule["properties"].contains("security-severity") == (rule["id"] == "MC602"));
  }
}
