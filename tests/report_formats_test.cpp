// What every format has in common: each sample report, written, is as it was approved.
#include <algorithm>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/sample_reports.h"

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

TEST_CASE("no format lets a control character of the input through", "[report]") {
  for (const ReportFormat& format : report_formats()) {
    CAPTURE(format.name);
    const std::string text = written(format, test::sample_report("hostile"));
    CHECK(std::ranges::none_of(text, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
    }));
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
