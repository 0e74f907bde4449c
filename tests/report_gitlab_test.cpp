#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "support/sample_reports.h"

using namespace meshcheck;
using Json = nlohmann::ordered_json;

namespace {

Json entries_of(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  report::write_gitlab(report, style, out);
  return Json::parse(out.str());
}

}  // namespace

TEST_CASE("a Code Quality entry has what GitLab reads", "[gitlab]") {
  CHECK(entries_of(test::sample_report("one"))[0] ==
        Json{{"description",
              "MC201: istiod may run as a single replica: the HPA's minimum is 1 (also MC207)"},
             {"check_name", "MC201"},
             {"fingerprint", "0123456789abcdef"},
             {"severity", "major"},
             {"location",
              {{"path", "install/istiod.yaml"}, {"lines", {{"begin", 214}, {"end", 214}}}}}});
  CHECK(entries_of(test::sample_report("empty")) == Json::array());
}

TEST_CASE("no two Code Quality entries share a fingerprint", "[gitlab]") {
  for (const auto& [name, report] : test::sample_reports()) {
    std::set<std::string> prints;
    for (const Json& entry : entries_of(report)) {
      CAPTURE(name);
      CHECK(prints.insert(entry["fingerprint"]).second);
      CHECK(entry["location"]["lines"]["begin"].get<int>() >= 1);
    }
  }
}

TEST_CASE("a mesh keeps its fingerprints when another is added before it", "[gitlab]") {
  Report report = test::sample_report("several_meshes");
  for (Finding& finding : report.findings) finding.state = FindingState::none;
  const Json before = entries_of(report);
  Finding another = report.findings.front();
  another.mesh = "overlays/dev";
  report.findings.insert(report.findings.begin(), another);
  const Json after = entries_of(report);
  CHECK(after[1]["fingerprint"] == before[0]["fingerprint"]);
  CHECK(after[2]["fingerprint"] == before[1]["fingerprint"]);
}

TEST_CASE("Code Quality paths are from the root of the project", "[gitlab]") {
  const ReportStyle style{.repository = "/builds/mesh", .folder = "deploy"};
  CHECK(entries_of(test::sample_report("one"), style)[0]["location"]["path"] ==
        "deploy/install/istiod.yaml");
  const Json outside = entries_of(test::sample_report("outside"), style);
  CHECK(outside[0]["location"]["path"] == "shared/istiod.yaml");
  CHECK(outside[1]["location"]["path"] == "outside-the-repository/srv/mesh/istiod.yaml");
}

TEST_CASE("an object of the cluster has a path of its own and is named", "[gitlab]") {
  const Json entry = entries_of(test::sample_report("no_location"))[0];
  CHECK(entry["location"]["path"] == "cluster/HorizontalPodAutoscaler/istio-system/istiod");
  CHECK(entry["description"].get<std::string>().ends_with(
      "(HorizontalPodAutoscaler/istio-system/istiod spec.minReplicas)"));
}

TEST_CASE("a Code Quality entry names the rules that were joined to its finding", "[gitlab]") {
  Report report = test::sample_report("one");
  Related joined;
  joined.rule = "MC207";
  report.findings.front().related = {joined};
  const std::string text = entries_of(report)[0]["description"];
  CHECK(text.ends_with("minimum is 1 (also MC207)"));
}
