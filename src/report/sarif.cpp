// SARIF 2.1.0, within the limits of GitHub code scanning
// (docs.github.com: "SARIF support for code scanning").
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "report/repository_path.h"
#include "report/sarif_parts.h"
#include "report/standing.h"
#include "report/summary.h"

namespace meshcheck::report {
namespace {

constexpr std::size_t kMostResults = 25'000;  // GitHub refuses a run with more
constexpr std::size_t kMostShown = 5'000;     // and shows the gravest of them

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

// The results to write, in the report's order, and how many beyond the limit are left out, the
// least severe ones. Accepted findings are written only where the style asks: GitHub ignores
// `suppressions` and would open an alert for each.
struct Selection {
  std::vector<SarifGroup> groups;
  std::size_t left_out = 0;
};

// One rule at one line makes one alert, so it is one result; accepted findings are apart.
std::vector<SarifGroup> group(const Report& report, const ReportStyle& style) {
  using Key = std::tuple<std::string_view, std::string, std::uint32_t, bool>;
  std::vector<SarifGroup> groups;
  std::map<Key, std::size_t> places;
  for (const Finding& finding : report.findings) {
    if (!told(finding, style)) continue;
    const std::uint32_t line = finding.location ? finding.location->line : 0;
    const auto [it, added] = places.try_emplace(
        Key{finding.rule, dashboard_path(finding, style), line, accepted(finding)}, groups.size());
    if (added) groups.emplace_back();
    groups[it->second].push_back(&finding);
  }
  for (SarifGroup& one : groups) {
    std::ranges::stable_sort(one, std::ranges::greater{}, &Finding::severity);
  }
  return groups;
}

Selection select(const Report& report, const ReportStyle& style) {
  Selection out{group(report, style), 0};
  if (out.groups.size() <= kMostResults) return out;
  out.left_out = out.groups.size() - kMostResults;
  std::vector<std::size_t> order(out.groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t i) { return sarif_severity(out.groups[i]); });
  order.resize(kMostResults);
  std::ranges::sort(order);
  std::vector<SarifGroup> kept;
  kept.reserve(order.size());
  for (const std::size_t i : order) kept.push_back(std::move(out.groups[i]));
  out.groups = std::move(kept);
  return out;
}

Json limit_notification(const Selection& selection) {
  const std::size_t kept = selection.groups.size();
  const std::string text =
      selection.left_out != 0
          ? fmt::format(
                "The {} least severe of {} results are left out: GitHub code scanning "
                "accepts {} in a run.",
                selection.left_out, selection.left_out + kept, kMostResults)
          : fmt::format("GitHub code scanning shows the {} gravest of these {} results.",
                        kMostShown, kept);
  return {{"level", "warning"}, {"message", {{"text", text}}}};
}

Json invocation(const Report& report, const Selection& selection, const ReportStyle& style) {
  Json notifications = Json::array();
  for (const Error& error : report.errors) {
    notifications.push_back(sarif_notification(error, style));
  }
  if (report.stale != 0) {
    notifications.push_back({{"level", report.stale_allowed ? "note" : "error"},
                             {"message", {{"text", sarif_sentence(stale_sentence(report))}}}});
  }
  if (selection.groups.size() > kMostShown) notifications.push_back(limit_notification(selection));
  for (const NotEvaluated& entry : report.not_evaluated) {
    notifications.push_back(sarif_notification(report, entry));
  }
  // Successful means that all was looked at, not that nothing was found.
  const bool successful = report.exit_code == Exit::clean || report.exit_code == Exit::findings;
  return {{"executionSuccessful", successful},
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

void write_sarif(const Report& report, const ReportStyle& style, std::ostream& out) {
  const Selection selection = select(report, style);
  Json results = Json::array();
  for (const SarifGroup& group : selection.groups) {
    results.push_back(sarif_result(report, group, style));
  }

  const Json run = {
      {"tool", {{"driver", driver(report)}}},
      {"invocations", Json::array({invocation(report, selection, style)})},
      {"automationDetails", {{"id", automation_id(report)}}},
      {"originalUriBaseIds",
       {{"SRCROOT", {{"description", {{"text", "The root of the checked-out sources."}}}}}}},
      {"columnKind", "unicodeCodePoints"},
      {"results", std::move(results)}};
  const Json log = {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  out << json_text(log, 2) << '\n';
}

}  // namespace meshcheck::report
