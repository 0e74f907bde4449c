// Prometheus' text format, for the textfile collector of the node exporter
// (prometheus.io: instrumenting/exposition_formats). No sample bears a time, for the collector
// refuses that; the file's own age is node_textfile_mtime_seconds.
#include <chrono>
#include <cstddef>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "meshcheck/day.h"
#include "report/formats.h"
#include "report/standing.h"
#include "report/summary.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

std::string label(std::string_view name, std::string_view value) {
  std::string text;
  for (const char c : printable(value)) {
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return fmt::format("{}=\"{}\"", name, text);
}

void describe(std::string_view metric, std::string_view help, std::ostream& out) {
  out << fmt::format("# HELP meshcheck_{0} {1}\n# TYPE meshcheck_{0} gauge\n", metric, help);
}

void sample(std::string_view metric, std::string_view help, std::size_t value, std::ostream& out) {
  describe(metric, help, out);
  out << fmt::format("meshcheck_{} {}\n", metric, value);
}

// A rule that found nothing has a zero, so that an alert on it is resolved, and one on its absence
// is possible. One whose finding was joined to another's has none: it is neither a finding more nor
// resolved.
void write_findings(const Report& report, std::ostream& out) {
  std::map<std::tuple<std::string_view, std::string_view, Severity>, std::size_t> counts;
  std::set<std::string_view> joined;
  for (const Finding& finding : report.findings) {
    if (!stands(finding)) continue;
    for (const std::string_view rule : joined_rules(finding)) joined.insert(rule);
  }
  for (const RuleText& rule : report.rules) {
    if (!joined.contains(rule.id)) counts[{rule.id, rule.name, rule.severity}] = 0;
  }
  for (const Finding& finding : report.findings) {
    if (stands(finding)) ++counts[{finding.rule, finding.name, finding.severity}];
  }
  describe("findings", "Findings that stand, by rule.", out);
  for (const auto& [key, count] : counts) {
    const auto& [rule, name, severity] = key;
    out << fmt::format("meshcheck_findings{{{},{},{}}} {}\n", label("rule", rule),
                       label("name", name), label("severity", to_string(severity)), count);
  }
}

void write_points(const Report& report, std::ostream& out) {
  describe("points", "1 for the status that a point of the baseline has, 0 for the others.", out);
  for (const Point& point : report.points) {
    for (const PointStatus status :
         {PointStatus::pass, PointStatus::warn, PointStatus::fail, PointStatus::not_evaluated}) {
      out << fmt::format("meshcheck_points{{{},{},{}}} {}\n",
                         label("point", std::to_string(point.number)), label("title", point.title),
                         label("status", to_string(status)), point.status == status ? 1 : 0);
    }
  }
}

}  // namespace

void write_prometheus(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  describe("info", "The version that wrote this.", out);
  out << fmt::format("meshcheck_info{{{}}} 1\n", label("version", report.tool_version));
  write_findings(report, out);
  write_points(report, out);
  sample("not_evaluated", "Rules that were not shown enough to know.",
         rules_not_evaluated(report, false), out);
  sample("suppressed", "Findings that a suppression accepts.", report.suppressed, out);
  sample("baselined", "Findings that the baseline accepts.", report.baselined, out);
  sample("stale", "Entries of the baseline whose findings are gone.", report.stale, out);
  sample("files", "Files that were read.", report.inputs.files, out);
  sample("resources", "Kubernetes objects that were read.", report.inputs.resources, out);
  sample("incomplete", "1 where something that was to be read was not.",
         report.errors.empty() ? 0 : 1, out);
  sample("exit_code", "The exit status of the run.", static_cast<std::size_t>(report.exit_code),
         out);
  if (const auto day = parse_day(report.now)) {
    const auto seconds = std::chrono::seconds(day->time_since_epoch()).count();
    sample("judged_on_timestamp_seconds", "The begin of the day that dates were judged by.",
           static_cast<std::size_t>(seconds), out);
  }
}

}  // namespace meshcheck::report
