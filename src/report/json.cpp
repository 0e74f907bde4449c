// The `json` format: the contract of docs/report.schema.json.
#include <ostream>

#include <nlohmann/json.hpp>

#include "meshcheck/autofix.h"
#include "report/formats.h"
#include "report/json_parts.h"
#include "report/standing.h"

namespace meshcheck::report {
namespace {

constexpr std::string_view kSchemaVersion = "1";

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json number_or_null(std::uint32_t number) { return number == 0 ? Json() : Json(number); }

std::string_view word(FindingState state) {
  switch (state) {
    case FindingState::none: return {};
    case FindingState::new_: return "new";
    case FindingState::unchanged: return "unchanged";
    case FindingState::fixed: return "fixed";
    case FindingState::baselined: return "baselined";
    case FindingState::suppressed: return "suppressed";
  }
  return {};
}

Json location(const std::optional<Location>& where) {
  if (!where) return {};
  return {{"file", where->file},
          {"line", number_or_null(where->line)},
          {"column", number_or_null(where->column)},
          {"endLine", number_or_null(where->end_line)},
          {"endColumn", number_or_null(where->end_column)},
          {"document", where->document},
          {"source", text_or_null(where->source)}};
}

Json object(const ObjectRef& ref) {
  return {{"apiVersion", ref.api_version},
          {"kind", ref.kind},
          {"namespace", text_or_null(ref.name_space)},
          {"name", ref.name},
          {"revision", text_or_null(ref.revision)}};
}

Json related(const Finding& finding) {
  Json out = Json::array();
  for (const Related& other : finding.related) {
    out.push_back({{"message", other.message},
                   {"location", location(other.location)},
                   {"object", other.object ? object(*other.object) : Json()},
                   {"rule", text_or_null(other.rule)}});
  }
  return out;
}

Json changes(const Fix& fix) {
  Json out = Json::array();
  for (const ObjectRef& changed : fix.changes) out.push_back(object(changed));
  return out;
}

Json fix(const Finding& finding) {
  const std::optional<Fix>& fix = finding.fix;
  if (!fix) return {};
  return {{"description", fix->description},
          {"patch", text_or_null(fix->patch)},
          {"changes", changes(*fix)},
          {"values", text_or_null(fix->values)},
          {"applicability", to_string(applicability_of(finding))}};
}

Json values(const std::optional<Comparison>& values) {
  if (!values) return {};
  return {{"actual", values->actual},
          {"expected", values->expected},
          {"provenance", values->provenance}};
}

Json describe(const Finding& finding) {
  Json out = {{"rule", finding.rule},
              {"name", finding.name},
              {"severity", to_string(finding.severity)},
              {"message", finding.message},
              {"object", object(finding.object)},
              {"field", text_or_null(finding.field)},
              {"location", location(finding.location)},
              {"logical", text_or_null(finding.logical)},
              {"related", related(finding)},
              {"fix", fix(finding)},
              {"values", values(finding.values)},
              {"fingerprint", finding.fingerprint}};
  if (finding.state != FindingState::none) out["state"] = word(finding.state);
  if (!finding.justification.empty()) out["justification"] = finding.justification;
  if (!finding.mesh.empty()) out["mesh"] = finding.mesh;
  return out;
}

Json describe(const Point& point) {
  return {{"point", point.number},
          {"title", point.title},
          {"status", to_string(point.status)},
          {"errors", point.errors},
          {"warnings", point.warnings},
          {"infos", point.infos},
          {"suppressed", point.suppressed},
          {"baselined", point.baselined},
          {"rules", point.rules},
          {"rulesJudged", point.judged},
          {"reason", text_or_null(point.reason)}};
}

Json describe(const Inputs& inputs) {
  Json skipped = Json::array();
  for (const Inputs::Skipped& entry : inputs.skipped) {
    skipped.push_back({{"file", entry.file}, {"reason", entry.reason}});
  }
  return {{"files", inputs.files},
          {"documents", inputs.documents},
          {"resources", inputs.resources},
          {"skipped", std::move(skipped)}};
}

Json describe(const Error& error) {
  return {{"source", text_or_null(error.source)},
          {"message", error.message},
          {"location", location(error.location)},
          {"hint", text_or_null(error.hint)}};
}

Json describe(const NotEvaluated& entry) {
  return {{"rule", entry.rule},
          {"name", entry.name},
          {"reason", entry.reason},
          {"needs", entry.needs},
          {"partly", entry.partly}};
}

Json describe(const ClusterRead& cluster) {
  Json lists = Json::array();
  for (const ClusterRead::List& list : cluster.lists) {
    lists.push_back(
        {{"resource", list.resource}, {"state", list.state}, {"objects", list.objects}});
  }
  return {{"name", cluster.name},         {"server", cluster.server},
          {"version", cluster.version},   {"user", text_or_null(cluster.user)},
          {"insecure", cluster.insecure}, {"reached", cluster.reached},
          {"taken", cluster.taken},       {"lists", std::move(lists)}};
}

template <class Range>
Json list(const Range& range) {
  Json out = Json::array();
  for (const auto& entry : range) out.push_back(describe(entry));
  return out;
}

Json summary(const Report& report) {
  return {{"errors", count_standing(report, Severity::error)},
          {"warnings", count_standing(report, Severity::warning)},
          {"infos", count_standing(report, Severity::info)}};
}

}  // namespace

Json json_of(const Report& report) {
  Json json = {{"schemaVersion", kSchemaVersion},
               {"tool", {{"name", "meshcheck"}, {"version", report.tool_version}}},
               {"inputs", describe(report.inputs)},
               {"points", list(report.points)},
               {"findings", list(report.findings)},
               {"notEvaluated", list(report.not_evaluated)},
               {"errors", list(report.errors)},
               {"incomplete", !report.errors.empty()},
               {"suppressed", report.suppressed},
               {"baselined", report.baselined},
               {"summary", summary(report)},
               {"exitCode", static_cast<int>(report.exit_code)}};
  if (!report.clusters.empty()) json["clusters"] = list(report.clusters);
  if (report.clusters.size() > 1) {
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
      json["findings"][i]["object"]["cluster"] = report.findings[i].mesh;
    }
  }
  if (!report.meshes.empty()) json["meshes"] = report.meshes;
  if (!report.now.empty()) json["now"] = report.now;
  return json;
}

void write_json(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  out << json_text(json_of(report), 2) << '\n';
}

}  // namespace meshcheck::report
