// The Reviewdog Diagnostic Format (github.com/reviewdog/reviewdog: proto/rdf/reviewdog.proto),
// whole and a diagnostic a line. It has no `suggestions`: our fixes are objects to apply and values
// to merge, and a suggestion replaces the marked text itself.
#include <ostream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/columns.h"
#include "report/formats.h"
#include "report/json_parts.h"
#include "report/place.h"
#include "report/standing.h"
#include "report/summary.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::info: return "INFO";
    case Severity::warning: return "WARNING";
    case Severity::error: return "ERROR";
  }
  return {};
}

// Columns count bytes from 1, and need the line's text; without it a range is of whole lines. An
// end on another line is left out for the same reason.
Json range(const Location& where) {
  Json start = {{"line", where.line}};
  const auto begin = byte_offset(where.excerpt, where.column);
  if (!begin) return {{"start", std::move(start)}};
  start["column"] = *begin + 1;
  Json out = {{"start", std::move(start)}};
  if (where.end_line != where.line) return out;
  if (const auto end = byte_offset(where.excerpt, where.end_column); end && *end >= *begin) {
    out["end"] = {{"line", where.line}, {"column", *end + 1}};
  }
  return out;
}

Json location(const Location& where) {
  Json out = {{"path", where.file}};
  if (where.line != 0) out["range"] = range(where);
  return out;
}

Json source() { return {{"name", "meshcheck"}}; }

Json diagnostic(const Report& report, const Finding& finding) {
  std::string message = printable(finding.message);
  if (finding.fix && !finding.fix->description.empty()) {
    message += "\n" + printable(finding.fix->description);
  }
  Json code = {{"value", finding.rule}};
  const RuleText* rule = find_rule_text(report, finding.rule);
  if (rule != nullptr && !rule->references.empty()) code["url"] = rule->references.front();
  Json out = {
      {"message", std::move(message)},
      {"location", finding.location ? location(*finding.location)
                                    : Json{{"path", "cluster/" + qualified_name(finding.object)}}},
      {"severity", severity_of(counted_severity(finding))},
      {"source", source()},
      {"code", std::move(code)}};
  Json beside = Json::array();
  for (const Related& related : finding.related) {
    if (!related.location) continue;
    const std::string prefix = related.rule.empty() ? "" : printable(related.rule) + ": ";
    beside.push_back({{"message", prefix + printable(related.message)},
                      {"location", location(*related.location)}});
  }
  if (!beside.empty()) out["relatedLocations"] = std::move(beside);
  return out;
}

}  // namespace

void write_rdjson(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  Json diagnostics = Json::array();
  for (const Finding& finding : report.findings) {
    if (counts(finding, report)) diagnostics.push_back(diagnostic(report, finding));
  }
  out << json_text({{"source", source()}, {"diagnostics", std::move(diagnostics)}}, 2) << '\n';
}

void write_rdjsonl(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    if (counts(finding, report)) out << json_text(diagnostic(report, finding), -1) << '\n';
  }
}

}  // namespace meshcheck::report
