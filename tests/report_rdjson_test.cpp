#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "report/columns.h"
#include "report/formats.h"
#include "support/sample_reports.h"

using namespace meshcheck;
using Json = nlohmann::ordered_json;

namespace {

Json diagnostics_of(const Report& report) {
  std::ostringstream out;
  report::write_rdjson(report, {}, out);
  return Json::parse(out.str())["diagnostics"];
}

}  // namespace

TEST_CASE("a column becomes a byte offset", "[rdjson]") {
  CHECK(report::byte_offset("a: 1", 4) == 3U);
  CHECK(report::byte_offset("é: 1", 4) == 4U);
  CHECK(report::byte_offset("a𐐀b", 3) == 5U);
  CHECK(report::byte_offset("ab", 3) == 2U);  // behind the last
  CHECK_FALSE(report::byte_offset("ab", 4));
  CHECK_FALSE(report::byte_offset("ab", 0));
}

TEST_CASE("rdjson counts columns in bytes of UTF-8, and points at the same text", "[rdjson]") {
  const Report& report = test::sample_report("unicode");
  const Json range = diagnostics_of(report)[0]["location"]["range"];
  const std::string& line = report.findings[0].location->excerpt;
  const std::size_t begin = range["start"]["column"].get<std::size_t>() - 1;
  const std::size_t end = range["end"]["column"].get<std::size_t>() - 1;
  CHECK(line.substr(begin, end - begin) == "網格");
}

TEST_CASE("rdjson marks whole lines where the line's text is not known", "[rdjson]") {
  Report report = test::sample_report("one");
  report.findings[0].location->excerpt.clear();
  CHECK(diagnostics_of(report)[0]["location"]["range"] == Json{{"start", {{"line", 214}}}});
}

TEST_CASE("a diagnostic has severity, code with its page, and related places", "[rdjson]") {
  const Json diagnostic = diagnostics_of(test::sample_report("one"))[0];
  CHECK(diagnostic["severity"] == "ERROR");
  CHECK(diagnostic["code"]["value"] == "MC201");
  CHECK(diagnostic["code"]["url"].get<std::string>().starts_with("https://istio.io/"));
  REQUIRE(diagnostic["relatedLocations"].size() == 2);
  CHECK(diagnostic["relatedLocations"][0]["message"] ==
        "MC207: no PodDisruptionBudget covers istiod");
  CHECK(diagnostic["relatedLocations"][0]["location"]["range"]["start"]["line"] == 31);
  CHECK_FALSE(diagnostic.contains("suggestions"));
}

TEST_CASE("rdjson of a whole file and of the cluster has no range", "[rdjson]") {
  CHECK(diagnostics_of(test::sample_report("many"))[2]["location"] ==
        Json{{"path", "charts/a b/100%/deploy:ment.yaml"}});
  CHECK(diagnostics_of(test::sample_report("no_location"))[0]["location"] ==
        Json{{"path", "cluster/HorizontalPodAutoscaler/istio-system/istiod"}});
}

TEST_CASE("rdjsonl has the diagnostics of rdjson, one a line", "[rdjson]") {
  for (const auto& [name, report] : test::sample_reports()) {
    std::ostringstream out;
    report::write_rdjsonl(report, {}, out);
    std::istringstream lines(out.str());
    for (const Json& diagnostic : diagnostics_of(report)) {
      std::string line;
      REQUIRE(std::getline(lines, line));
      CAPTURE(name, line);
      CHECK(Json::parse(line) == diagnostic);
    }
  }
}
