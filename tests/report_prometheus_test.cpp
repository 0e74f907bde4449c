#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "report/formats.h"
#include "support/prometheus_text.h"
#include "support/sample_reports.h"

using namespace meshcheck;
using Labels = std::map<std::string, std::string>;

namespace {

std::vector<test::PrometheusSample> samples_of(const Report& report) {
  std::ostringstream out;
  report::write_prometheus(report, {}, out);
  return test::parse_prometheus(out.str());
}

// -1 where there is none.
long value(const std::vector<test::PrometheusSample>& samples, const std::string& metric,
           const Labels& labels = {}) {
  for (const test::PrometheusSample& sample : samples) {
    const bool same = std::ranges::all_of(labels, [&](const auto& label) {
      const auto found = sample.labels.find(label.first);
      return found != sample.labels.end() && found->second == label.second;
    });
    if (sample.metric == "meshcheck_" + metric && same) return sample.value;
  }
  return -1;
}

}  // namespace

TEST_CASE("the reader of Prometheus' text refuses what the collector refuses", "[prometheus]") {
  const std::string head = "# HELP m x\n# TYPE m gauge\n";
  CHECK(test::parse_prometheus(head + "m{a=\"b\\\"\\\\\"} 1\n").at(0).labels.at("a") == "b\"\\");
  CHECK_THROWS(test::parse_prometheus("m 1\n"));
  CHECK_THROWS(test::parse_prometheus(head + "m 1 1700000000\n"));
  CHECK_THROWS(test::parse_prometheus(head + "m 1\nm 2\n"));
  CHECK_THROWS(test::parse_prometheus(head + "m{a=\"b\"c\"} 1\n"));
  CHECK_THROWS(test::parse_prometheus(head + "m 1"));
}

TEST_CASE("findings are counted by rule and severity, with zeros", "[prometheus]") {
  const auto samples = samples_of(test::sample_report("crowded"));
  CHECK(value(samples, "findings", {{"rule", "MC501"}, {"severity", "warning"}}) == 14);
  CHECK(value(samples, "findings", {{"rule", "MC501"}, {"severity", "info"}}) == 1);
  CHECK(value(samples, "findings", {{"rule", "MC602"}}) == 0);
  CHECK(value(samples, "findings", {{"name", "istiod-single-replica"}}) == 1);
}

TEST_CASE("a point has one status", "[prometheus]") {
  const auto samples = samples_of(test::sample_report("many"));
  CHECK(value(samples, "points", {{"point", "2"}, {"status", "fail"}}) == 1);
  CHECK(value(samples, "points", {{"point", "2"}, {"status", "pass"}}) == 0);
  CHECK(value(samples, "points", {{"point", "7"}, {"status", "not-evaluated"}}) == 1);
}

TEST_CASE("the run itself is measured, and dated only where a date was used", "[prometheus]") {
  const auto samples = samples_of(test::sample_report("errors"));
  CHECK(value(samples, "incomplete") == 1);
  CHECK(value(samples, "exit_code") == 3);
  CHECK(value(samples, "judged_on_timestamp_seconds") == -1);
  CHECK(value(samples_of(test::sample_report("many")), "not_evaluated") == 6);
  // 2026-11-22 00:00 UTC
  CHECK(value(samples_of(test::sample_report("no_location")), "judged_on_timestamp_seconds") ==
        1795305600);
  CHECK(value(samples_of(test::sample_report("accepted")), "suppressed") == 1);
  CHECK(value(samples_of(test::sample_report("accepted")), "baselined") == 1);
}

TEST_CASE("a rule whose finding was joined to another's is not counted as none", "[prometheus]") {
  Report report = test::sample_report("crowded");
  Related joined;
  joined.message = "it is one cause";
  joined.rule = "MC602";
  report.findings.front().related.push_back(joined);
  CHECK(value(samples_of(report), "findings", {{"rule", "MC602"}}) == -1);
  CHECK(value(samples_of(report), "findings", {{"name", "istiod-single-replica"}}) == 1);
}
