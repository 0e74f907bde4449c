// What every format has in common: each sample report, written, is as it was approved.
#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "meshcheck/utf8.h"
#include "report/standing.h"
#include "support/contains.h"
#include "support/golden.h"
#include "support/prometheus_text.h"
#include "support/sample_reports.h"
#include "support/xml.h"

using namespace meshcheck;

namespace {

std::string written(const ReportFormat& format, const Report& report) {
  std::ostringstream out;
  format.write(report, ReportStyle{.width = 80}, out);
  return out.str();
}

}  // namespace

TEST_CASE("every format writes every sample report as approved", "[report]") {
  for (const auto& [name, report] : test::sample_reports()) {
    for (const ReportFormat& format : report_formats()) {
      DYNAMIC_SECTION(name << " as " << format.name) {
        const std::string file = std::string(name) + "." + std::string(format.name);
        test::check_golden(test::testdata() / "_report" / file, written(format, report));
      }
    }
  }
}

TEST_CASE("a format's name is its own", "[report]") {
  std::set<std::string_view> names;
  for (const ReportFormat& format : report_formats()) CHECK(names.insert(format.name).second);
  CHECK(names.contains("text"));
  CHECK(names.contains("json"));
}

namespace {

// What is between backticks, entities or percents on its way to a reader is the same to each.
std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

// A report whose findings have a message each that no format has to escape, in every state.
Report marked() {
  Report report = test::sample_report("crowded");
  const auto states = {FindingState::none, FindingState::new_, FindingState::unchanged};
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    report.findings[i].message = "marked " + std::to_string(100 + i) + "x";
    report.findings[i].state = *(states.begin() + static_cast<std::ptrdiff_t>(i % 3));
  }
  const std::size_t standing = report.findings.size();
  for (const FindingState state :
       {FindingState::suppressed, FindingState::baselined, FindingState::fixed}) {
    report.findings.push_back(report.findings[0]);
    report.findings.back().message = "accepted " + std::to_string(report.findings.size());
    report.findings.back().state = state;
    report.findings.back().location->line += 100;
  }
  CHECK(standing == 16);
  return report;
}

}  // namespace

TEST_CASE("no format lets a control character or a misleading mark of the input through",
          "[report]") {
  for (const ReportFormat& format : report_formats()) {
    CAPTURE(format.name);
    const std::string text = written(format, test::sample_report("hostile"));
    CHECK(std::ranges::none_of(text, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
    }));
    CHECK(valid_utf8(text) == text);
    CHECK(text.find("\u202E") == std::string::npos);
    CHECK(text.find("\u009B") == std::string::npos);
  }
}

TEST_CASE("no format lets the input forge a command of a GitHub runner", "[report]") {
  for (const ReportFormat& format : report_formats()) {
    CAPTURE(format.name);
    std::istringstream lines(written(format, test::sample_report("hostile")));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line.find("##[") == std::string::npos);
      const auto begin = line.find_first_not_of(" \t");
      if (begin == std::string::npos) continue;
      const bool command =
          line.substr(begin).starts_with("::") && line.find("::", begin + 2) != std::string::npos;
      if (command) CHECK((format.name == "github" && line.starts_with("::error ")));
    }
  }
}

constexpr std::array<std::string_view, 5> kTellsGone = {"text", "gitlab", "rdjson", "rdjsonl",
                                                        "checkstyle"};

TEST_CASE("every finding that stands is told once, accepted ones are not", "[report]") {
  const Report report = marked();
  for (const ReportFormat& format : report_formats()) {
    CAPTURE(format.name);
    if (format.name == "prometheus") continue;  // it counts
    const std::string text = written(format, report);
    // JSON tells every finding with its state, text those that are gone from a baseline, and so do
    // files that hold findings alone: a run that fails for them would be without a reason there.
    const bool tells_gone =
        std::ranges::find(kTellsGone, std::string_view(format.name)) != kTellsGone.end();
    for (const Finding& finding : report.findings) {
      CAPTURE(finding.message);
      const bool gone = finding.state == FindingState::fixed && tells_gone;
      const bool expected = report::stands(finding) || gone || format.name == "json";
      CHECK(count(text, finding.message) == (expected ? 1 : 0));
    }
  }
}

TEST_CASE("the same report gives the same bytes", "[report]") {
  for (const auto& [name, report] : test::sample_reports()) {
    const Report copy = report;
    for (const ReportFormat& format : report_formats()) {
      CAPTURE(name, format.name);
      CHECK(written(format, report) == written(format, copy));
    }
  }
}

TEST_CASE("every report is valid in its format", "[report]") {
  for (const auto& [name, report] : test::sample_reports()) {
    for (const ReportFormat& format : report_formats()) {
      CAPTURE(name, format.name);
      const std::string text = written(format, report);
      if (format.name == "junit" || format.name == "checkstyle") {
        CHECK_NOTHROW(test::parse_xml(text));
      } else if (format.name == "prometheus") {
        CHECK_NOTHROW(test::parse_prometheus(text));
      } else if (format.name == "rdjsonl" || format.name == "json-lines") {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
          CHECK(nlohmann::json::accept(line));
        }
      } else if (format.name.find("json") != std::string::npos || format.name == "sarif" ||
                 format.name == "gitlab") {
        CHECK(nlohmann::json::accept(text));
        CHECK_FALSE(text.starts_with("\xEF\xBB\xBF"));
      }
      CHECK((text.empty() || text.ends_with('\n')));
    }
  }
}

TEST_CASE("an absolute path is in a report only where the user named one, in no dashboard's",
          "[report]") {
  for (const ReportFormat& format : report_formats()) {
    CAPTURE(format.name);
    for (const auto& [name, report] : test::sample_reports()) {
      const std::string text = written(format, report);
      const bool dashboard = format.name == "sarif" || format.name == "gitlab";
      if (name != "outside" || dashboard) {
        CHECK(count(text, "\"/") == count(text, "\"/dev/stdout") + count(text, "\"/>"));
        CHECK(text.find("file:/") == std::string::npos);
        CHECK(text.find("../") == std::string::npos);
      }
    }
  }
}

TEST_CASE("a concise line of a placed finding is what problem matchers look for", "[concise]") {
  // As VS Code and GitHub's problem matchers spell it: file, line, column, severity, message, code.
  const std::regex matcher(
      R"(^([^\s:][^:]*):(\d+):(\d+):\s(error|warning|info):\s(.+)\s\[(MC\d{3})\]$)");
  const auto format = std::ranges::find(report_formats(), "concise", &ReportFormat::name);
  for (const auto& [name, report] : test::sample_reports()) {
    std::istringstream lines(written(*format, report));
    for (const Finding& finding : report.findings) {
      if (!report::stands(finding)) continue;
      std::string line;
      REQUIRE(std::getline(lines, line));
      if (!finding.location || finding.location->column == 0) continue;
      CAPTURE(name, line);
      std::smatch match;
      REQUIRE(std::regex_match(line, match, matcher));
      CHECK(match[2] == std::to_string(finding.location->line));
      CHECK(match[3] == std::to_string(finding.location->column));
      CHECK(match[4].str() == to_string(finding.severity));
      CHECK(match[6] == finding.rule);
    }
  }
}

TEST_CASE("severities and point statuses have the words of the contract", "[report]") {
  CHECK(to_string(Severity::info) == "info");
  CHECK(to_string(Severity::warning) == "warning");
  CHECK(to_string(Severity::error) == "error");
  CHECK(to_string(PointStatus::pass) == "pass");
  CHECK(to_string(PointStatus::warn) == "warn");
  CHECK(to_string(PointStatus::fail) == "fail");
  CHECK(to_string(PointStatus::not_evaluated) == "not-evaluated");
}

TEST_CASE("a stale baseline that fails the run is told by the formats of dashboards", "[report]") {
  Report report = test::sample_report("empty");
  report.stale = 2;
  report.exit_code = Exit::findings;
  const std::string sentence = "2 entries of the baseline accept what is gone";
  const auto text = [&](std::string_view name) {
    return written(*std::ranges::find(report_formats(), name, &ReportFormat::name), report);
  };
  CHECK(text("github").starts_with("::error title=meshcheck%3A stale baseline::" + sentence));
  CHECK(text("junit").find("<error type=\"stale\" message=\"" + sentence) != std::string::npos);
  CHECK(text("sarif").find(sentence) != std::string::npos);
  CHECK(text("prometheus").find("\nmeshcheck_stale 2\n") != std::string::npos);
  report.stale_allowed = true;  // whatever else fails the run
  CHECK(text("github").starts_with("::notice "));
  CHECK(text("junit").find("<error") == std::string::npos);
}

TEST_CASE("the problem matcher reads codes of istioctl analyze, and lines without a column",
          "[concise]") {
  const auto matcher = nlohmann::json::parse(
      test::read_file(test::source_folder() / ".github/meshcheck-matcher.json"));
  std::string pattern = matcher["problemMatcher"][0]["pattern"][0]["regexp"];
  const std::regex regex(pattern);
  CHECK(std::regex_match("a/b.yaml:3:5: error: x y [MC201]", regex));
  std::smatch match;
  const std::string line = "a/b.yaml:3: error: x y [IST0101]";
  REQUIRE(std::regex_match(line, match, regex));
  CHECK(match[2] == "3");
  CHECK(match[5] == "IST0101");
}

TEST_CASE("what is gone from a baseline is an error, and told only where it fails the run",
          "[report]") {
  Report report = marked();
  const std::string gone = report.findings.back().message;
  report.findings.back().severity = Severity::info;
  std::erase_if(report.findings, [](const Finding& one) { return report::stands(one); });
  for (const ReportFormat& format : report_formats()) {
    if (std::ranges::find(kTellsGone, std::string_view(format.name)) == kTellsGone.end()) continue;
    CAPTURE(format.name);
    report.stale_allowed = false;
    const std::string text = written(format, report);
    CHECK(test::contains(text, gone));
    if (format.name == "text") continue;
    CHECK((test::contains(text, "ERROR") || test::contains(text, "\"major\"") ||
           test::contains(text, "severity=\"error\"")));
    report.stale_allowed = true;
    CHECK_FALSE(test::contains(written(format, report), gone));
  }
}
