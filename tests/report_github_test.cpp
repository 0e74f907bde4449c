#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "report/formats.h"
#include "support/sample_reports.h"

using namespace meshcheck;

namespace {

std::vector<std::string> lines_of(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  report::write_github(report, style, out);
  std::istringstream in(out.str());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::ptrdiff_t count_of(const std::vector<std::string>& lines, const std::string& prefix) {
  return std::ranges::count_if(lines,
                               [&](const std::string& line) { return line.starts_with(prefix); });
}

}  // namespace

TEST_CASE("an annotation names file, region and rule, and says the place for the log", "[github]") {
  const auto lines = lines_of(test::sample_report("many"));
  CHECK(lines[0].starts_with(
      "::error file=install/istiod.yaml,line=214,endLine=214,col=16,endColumn=17,title=MC201 "
      "istiod-single-replica::install/istiod.yaml:214:16: istiod may run as a single replica"));
  CHECK(lines[1].starts_with("::warning file=mesh.yaml,line=9,"));
  CHECK(lines[2].starts_with(
      "::notice file=charts/a b/100%25/deploy%3Ament.yaml,title=MC006 unrendered-template::"));
  CHECK(lines.back() ==
        "1 error, 1 warning, 1 info in 12 files (2 suppressed, 6 rules not "
        "evaluated)");
}

TEST_CASE("the gravest are annotated, ten of a kind, and the rest is said", "[github]") {
  const auto lines = lines_of(test::sample_report("crowded"));
  CHECK(lines.front().starts_with("::error "));  // though its file comes last
  CHECK(count_of(lines, "::error ") == 1);
  CHECK(count_of(lines, "::warning ") == 10);
  CHECK(count_of(lines, "::notice ") == 1);
  CHECK(count_of(lines, "::group::4 more findings not annotated: GitHub shows 10 errors") == 1);
  CHECK(count_of(lines, "warning[MC501]: logs/1") == 4);
  CHECK(count_of(lines, "::endgroup::") == 1);
}

TEST_CASE("what was not read is the first annotation", "[github]") {
  const auto lines = lines_of(test::sample_report("errors"));
  CHECK(lines[0] ==
        "::error title=meshcheck%3A 2 inputs not read::cannot read prod.yaml: permission "
        "denied%0Acannot list poddisruptionbudgets: forbidden");
}

TEST_CASE("an annotation's file is named from the root of the repository", "[github]") {
  const Report& report = test::sample_report("outside");
  const ReportStyle style{.repository = "/srv", .folder = "clusters/prod"};
  const auto lines = lines_of(report, style);
  CHECK(lines[0].starts_with("::error file=clusters/shared/istiod.yaml,"));
  CHECK(lines[1].starts_with("::error file=mesh/istiod.yaml,"));
  CHECK(lines[2].starts_with("::error title="));
  CHECK(lines_of(report)[0].starts_with("::error title="));  // no file of the checkout
}

TEST_CASE("an object of the cluster is annotated without a file", "[github]") {
  CHECK(lines_of(test::sample_report("no_location"))[0].starts_with(
      "::error title=MC201 istiod-single-replica::HorizontalPodAutoscaler/istio-system/istiod "
      "spec.minReplicas: istiod may"));
}

TEST_CASE("an annotation names the rules that were joined to its finding", "[github]") {
  Report report = test::sample_report("one");
  report.findings.front().related.clear();
  for (const char* rule : {"MC207", "MC204", "MC207"}) {
    Related joined;
    joined.rule = rule;
    report.findings.front().related.push_back(joined);
  }
  const auto lines = lines_of(report);
  CHECK(lines[0].find("%0Aalso MC207, MC204") != std::string::npos);
}
