#include <sstream>

#include <catch2/catch.hpp>

#include "report/formats.h"
#include "report/terminal.h"
#include "support/golden.h"
#include "support/sample_reports.h"

using namespace meshcheck;

namespace {

std::string text_of(const Report& report, const ReportStyle& style) {
  std::ostringstream out;
  report::write_text(report, style, out);
  return out.str();
}

std::string text_of(std::string_view sample, const ReportStyle& style) {
  return text_of(test::sample_report(sample), style);
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string concise(std::string_view sample) {
  std::ostringstream out;
  report::write_concise(test::sample_report(sample), {}, out);
  return out.str();
}

}  // namespace

TEST_CASE("text in colour, with links and every detail, is as approved", "[text]") {
  const ReportStyle style{.colour = true, .links = true, .verbose = true, .statistics = true};
  test::check_golden(test::testdata() / "_report" / "many.colour.text", text_of("many", style));
}

TEST_CASE("without colour and links no escape is written", "[text]") {
  const ReportStyle style{.verbose = true, .statistics = true};
  CHECK_FALSE(holds(text_of("hostile", style), "\x1b"));
  CHECK(holds(text_of("one", {.links = true}), "\x1b]8;;https://istio.io/"));
  CHECK_FALSE(holds(text_of("one", {.links = true}), "\x1b["));
}

TEST_CASE("without colour text of ASCII input is ASCII", "[text]") {
  for (const char c : text_of("many", {.verbose = true, .statistics = true})) {
    CHECK(static_cast<unsigned char>(c) < 0x80);
  }
}

TEST_CASE("quiet text has findings only", "[text]") {
  const std::string text = text_of("many", {.quiet = true});
  CHECK(holds(text, "error[MC201]"));
  CHECK_FALSE(holds(text, "The eight points"));
  CHECK_FALSE(holds(text, "in 12 files"));
  CHECK(text_of("empty", {.quiet = true}).empty());
}

TEST_CASE("statistics count findings by rule", "[text]") {
  const std::string text = text_of("many", {.quiet = true, .statistics = true});
  CHECK(holds(text, "    1  MC201  istiod-single-replica\n"));
  CHECK_FALSE(holds(text_of("many", {}), "Findings by rule"));
}

TEST_CASE("rules of a point that says why it was not evaluated are counted, and listed with -v",
          "[text]") {
  const std::string brief = text_of("many", {});
  CHECK_FALSE(holds(brief, "MC701"));
  CHECK(holds(brief, "\n  and 2 more rules, listed with -v\n"));
  const std::string text = text_of("many", {.verbose = true});
  CHECK(holds(text, "\n  MC701, MC702  no proxy status in the input"));
  CHECK_FALSE(holds(text, "listed with -v"));
  CHECK(holds(text, "fingerprint 0123456789abcdef"));
}

TEST_CASE("verbose text names the needs that a reason does not", "[text]") {
  Report report = test::sample_report("one");
  report.not_evaluated = {{"MC309", "in-place-upgrade", "nothing to compare with", {"--base"}},
                          {"MC319", "crds-behind", "no CRD in the input", {"CRD"}}};
  CHECK(holds(text_of(report, {.verbose = true}), "MC309  nothing to compare with (needs --base)"));
  CHECK(holds(text_of(report, {.verbose = true}), "MC319  no CRD in the input\n"));
}

TEST_CASE("three rules in a row are written as a range", "[text]") {
  Report report = test::sample_report("one");
  for (const char* rule : {"MC603", "MC601", "MC602", "MC605", "MC606", "MC602"}) {
    report.not_evaluated.push_back({rule, "", "nothing is there", {}});
  }
  CHECK(holds(text_of(report, {}), "\n  MC601-MC603, MC605,  nothing is there\n  MC606\n"));
}

TEST_CASE("a point says how many of its rules were judged where not all were", "[text]") {
  CHECK(holds(text_of("one", {}), "Authorization               PASS  2 of 5 rules judged\n"));
  CHECK(holds(text_of("one", {}), "Access logs and protocols   PASS\n"));
}

TEST_CASE("the summary is one line of counts", "[text]") {
  CHECK(holds(text_of("many", {}),
              "\n1 error, 1 warning, 1 info in 12 files (2 suppressed, 6 rules not evaluated)\n"));
  CHECK(holds(text_of("errors", {}),
              "\n0 errors, 0 warnings, 0 infos in 1 file (2 inputs not read)\n"));
}

TEST_CASE("lines of our own keep to the width", "[text]") {
  for (const auto& [name, report] : test::sample_reports()) {
    std::ostringstream out;
    report::write_text(report, {.width = 80}, out);
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);) {
      // A message and a path are not broken: they are searched for, and clicked on.
      if (line.starts_with("error[") || holds(line, "-->") || holds(line, ":::")) continue;
      CAPTURE(name, line);
      CHECK(report::display_width(line) <= 80);
    }
  }
}

TEST_CASE("concise is one line a finding, as much of its place as is known", "[concise]") {
  CHECK(concise("empty").empty());
  CHECK(concise("many") ==
        "install/istiod.yaml:214:16: error: istiod may run as a single replica: the HPA's minimum "
        "is 1 [MC201]\n"
        "mesh.yaml:9:20: warning: the whole mesh writes access logs [MC501]\n"
        "charts/a b/100%/deploy:ment.yaml: info: a Helm template was skipped [MC006]\n");
  CHECK(concise("no_location") ==
        "HorizontalPodAutoscaler/istio-system/istiod spec.minReplicas: error: istiod may run as a "
        "single replica: the HPA's minimum is 1 [MC201]\n");
}
