#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "report/formats.h"
#include "support/sample_reports.h"

using namespace meshcheck;

namespace {

std::string agent(const Report& report) {
  std::ostringstream out;
  report::write_agent(report, {}, out);
  return out.str();
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an agent reads a block a finding, and where the mesh stands", "[agent]") {
  CHECK(
      agent(test::sample_report("one")) ==
      "meshcheck: 1 error, 0 warnings, 0 infos in 1 file; exit 1\n"
      "\n"
      "error MC201 install/istiod.yaml:214:16 HorizontalPodAutoscaler istio-system/istiod "
      "spec.minReplicas\n"
      "istiod may run as a single replica: the HPA's minimum is 1\n"
      "also MC207 install/istiod.yaml:31:9: no PodDisruptionBudget covers istiod\n"
      "see install/istiod.yaml:31:9: the Deployment that it scales\n"
      "fix: Keep at least two replicas: raise autoscaleMin, which is the minReplicas of the HPA; "
      "the chart then renders a PodDisruptionBudget too.\n"
      "in the Helm values of istiod:\n"
      "  autoscaleMin: 2\n"
      "  autoscaleMax: 5\n"
      "\n"
      "points: 1 pass, 2 fail, 3 pass, 4 pass, 5 pass, 6 pass, 7 not-evaluated, 8 not-evaluated\n");
}

TEST_CASE("the same remedy is not told twice", "[agent]") {
  const std::string text = agent(test::sample_report("crowded"));
  CHECK(text.find("  kind: Telemetry") == text.rfind("  kind: Telemetry"));
  CHECK(holds(text, "\nfix: as of MC501 logs/100.yaml:3:20\n"));
}

TEST_CASE("an agent is told what was not read and not judged", "[agent]") {
  CHECK(holds(agent(test::sample_report("errors")),
              "not read: cannot read prod.yaml: permission denied\n"));
  CHECK(holds(agent(test::sample_report("many")),
              "not evaluated: MC701, MC702: no proxy status in the input\n"));
}

TEST_CASE("no text of the input begins a line of its own", "[agent]") {
  std::istringstream lines(agent(test::sample_report("hostile")));
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK_FALSE(line.starts_with("::"));
    CHECK_FALSE(line.starts_with("Error"));
  }
}
