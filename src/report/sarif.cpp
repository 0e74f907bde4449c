// SARIF 2.1.0, within the limits of GitHub code scanning
// (docs.github.com: "SARIF support for code scanning").
#include <algorithm>
#include <ostream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "report/sarif_parts.h"
#include "report/standing.h"

namespace meshcheck::report {
namespace {

// GitHub refuses a run with more results.
constexpr std::size_t kMostResults = 25'000;

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

// The findings to write, in the report's order, and how many beyond the limit are left out, the
// least severe ones. Suppressed ones are never written: GitHub ignores `suppressions` and would
// open an alert for each.
struct Selection {
  std::vector<const Finding*> findings;
  std::size_t left_out = 0;
};

Selection select(const Report& report) {
  Selection out;
  for (const Finding& finding : report.findings) {
    if (stands(finding)) out.findings.push_back(&finding);
  }
  if (out.findings.size() <= kMostResults) return out;
  out.left_out = out.findings.size() - kMostResults;
  std::ranges::sort(out.findings, [](const Finding* a, const Finding* b) {
    return a->severity != b->severity ? a->severity > b->severity : a < b;
  });
  out.findings.resize(kMostResults);
  std::ranges::sort(out.findings);  // they point into one vector: this is its order
  return out;
}

Json invocation(const Report& report, const Selection& selection) {
  Json notifications = Json::array();
  for (const Error& error : report.errors) notifications.push_back(sarif_notification(error));
  if (selection.left_out != 0) {
    const std::string text = fmt::format(
        "The {} least severe of {} results are left out: GitHub code scanning accepts {} in a run.",
        selection.left_out, selection.left_out + selection.findings.size(), kMostResults);
    notifications.push_back({{"level", "warning"}, {"message", {{"text", text}}}});
  }
  // Successful means that we ran, not that nothing was found.
  return {{"executionSuccessful", report.exit_code != Exit::internal},
          {"exitCode", static_cast<int>(report.exit_code)},
          {"toolExecutionNotifications", std::move(notifications)}};
}

Json driver(const Report& report) {
  Json rules = Json::array();
  for (const RuleText& rule : report.rules) rules.push_back(sarif_rule(rule));
  return {{"name", "meshcheck"},
          {"version", report.tool_version},
          {"semanticVersion", report.tool_version},
          {"rules", std::move(rules)}};
}

// What precedes the last slash is GitHub's category: one alert list for each.
std::string automation_id(const Report& report) {
  return report.category.empty() ? "meshcheck/" : fmt::format("meshcheck/{}/", report.category);
}

}  // namespace

void write_sarif(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  const Selection selection = select(report);
  Json results = Json::array();
  for (const Finding* finding : selection.findings) {
    results.push_back(sarif_result(report, *finding));
  }

  const Json run = {
      {"tool", {{"driver", driver(report)}}},
      {"invocations", Json::array({invocation(report, selection)})},
      {"automationDetails", {{"id", automation_id(report)}}},
      {"originalUriBaseIds",
       {{"SRCROOT", {{"description", {{"text", "The root of the checked-out sources."}}}}}}},
      {"columnKind", "unicodeCodePoints"},
      {"results", std::move(results)}};
  const Json log = {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  out << log.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace meshcheck::report
