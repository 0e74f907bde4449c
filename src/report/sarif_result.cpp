#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "meshcheck/utf8.h"
#include "report/sarif_parts.h"

namespace meshcheck::report {
namespace {

// RFC 3986: what may stand unescaped in the path of a relative reference. A colon may not: before
// the first slash it would end a scheme.
bool stands_in_path(char c) {
  const bool alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || std::string_view("-._~!$&'()*+,;=@/").find(c) != std::string_view::npos;
}

std::string to_uri(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (stands_in_path(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// The bytes of `line` between two columns that count code points from 1.
std::string_view between(std::string_view line, std::uint32_t column, std::uint32_t end_column) {
  std::size_t begin = line.size();
  std::size_t offset = 0;
  for (std::uint32_t at = 1; offset < line.size() && at < end_column; ++at) {
    if (at == column) begin = offset;
    offset += decode_utf8(line.substr(offset)).length;
  }
  return begin < offset ? line.substr(begin, offset - begin) : std::string_view{};
}

// Of a whole file it is line 1: GitHub refuses results without a region, and SARIF has no line 0.
Json region(const Location& where) {
  if (where.line == 0) return {{"startLine", 1}};
  Json out = {{"startLine", where.line}};
  if (where.column == 0) return out;
  out["startColumn"] = where.column;
  if (where.end_line < where.line || where.end_column == 0) return out;
  out["endLine"] = where.end_line;
  out["endColumn"] = where.end_column;
  if (where.end_line != where.line) return out;
  const std::string_view marked = between(where.excerpt, where.column, where.end_column);
  if (!marked.empty()) out["snippet"] = {{"text", marked}};
  return out;
}

Json physical(const Location& where) {
  Json artifact = {{"uri", to_uri(where.file)}, {"uriBaseId", "SRCROOT"}};
  if (where.file.starts_with('/')) artifact = {{"uri", "file://" + to_uri(where.file)}};
  Json out = {{"artifactLocation", std::move(artifact)}};
  out["region"] = region(where);
  return out;
}

std::string qualified_name(const ObjectRef& object) {
  std::string out = object.kind;
  if (!object.name_space.empty()) out += "/" + object.name_space;
  return out + "/" + object.name;
}

Json logical(const ObjectRef& object, const std::string& name) {
  return {{"name", object.name.empty() ? name : object.name},
          {"fullyQualifiedName", name},
          {"kind", "object"}};
}

// GitHub refuses a whole upload for one result without a file. An object of the cluster has none,
// so it gets a name that no checkout holds: the alert appears, without a preview.
Json live_physical(const ObjectRef& object) {
  return {{"artifactLocation",
           {{"uri", "cluster/" + to_uri(qualified_name(object))}, {"uriBaseId", "SRCROOT"}}},
          {"region", {{"startLine", 1}}}};
}

Json locations(const Finding& finding) {
  Json out = Json::object();
  out["physicalLocation"] =
      finding.location ? physical(*finding.location) : live_physical(finding.object);
  if (!finding.logical.empty()) {
    out["logicalLocations"] = Json::array({logical(finding.object, finding.logical)});
  } else if (!finding.object.kind.empty()) {
    out["logicalLocations"] =
        Json::array({logical(finding.object, qualified_name(finding.object))});
  }
  return Json::array({std::move(out)});
}

// Within a link's text brackets and backslashes are escaped (SARIF 2.1.0, 3.11.6).
std::string link_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// The message, then a link to each related place; what has no place is told without one.
std::string message(const Finding& finding) {
  std::string out = sarif_sentence(finding.message.empty() ? finding.name : finding.message);
  int id = 0;
  for (const Related& related : finding.related) {
    const std::string text =
        related.rule.empty() ? related.message : related.rule + ": " + related.message;
    if (related.location) {
      out += fmt::format(" See also [{}]({}).", link_text(text), ++id);
    } else {
      out += fmt::format(" See also {}", sarif_sentence(text));
    }
  }
  return out;
}

Json related_locations(const Finding& finding) {
  Json out = Json::array();
  int id = 0;
  for (const Related& related : finding.related) {
    if (!related.location) continue;
    Json entry = {{"id", ++id}, {"physicalLocation", physical(*related.location)}};
    if (!related.message.empty()) entry["message"] = {{"text", related.message}};
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace

Json sarif_result(const Report& report, const Finding& finding) {
  Json out = {{"ruleId", finding.rule}};
  const auto rule = std::ranges::find(report.rules, finding.rule, &RuleText::id);
  if (rule != report.rules.end()) out["ruleIndex"] = rule - report.rules.begin();
  out["level"] = sarif_level(finding.severity);
  out["message"] = {{"text", message(finding)}};
  out["locations"] = locations(finding);
  if (Json related = related_locations(finding); !related.empty()) {
    out["relatedLocations"] = std::move(related);
  }
  Json fingerprints = Json::object();
  if (finding.location && !finding.location->line_hash.empty()) {
    fingerprints["primaryLocationLineHash"] = finding.location->line_hash;
  }
  if (!finding.fingerprint.empty()) {
    fingerprints["meshcheck/objectField/v1"] = finding.fingerprint;
  }
  if (!fingerprints.empty()) out["partialFingerprints"] = std::move(fingerprints);
  return out;
}

Json sarif_notification(const Error& error) {
  std::string text = error.message;
  if (!error.hint.empty()) text += fmt::format(" ({})", error.hint);
  Json out = {{"level", "error"}, {"message", {{"text", sarif_sentence(text)}}}};
  if (error.location) {
    out["locations"] = Json::array({Json{{"physicalLocation", physical(*error.location)}}});
  }
  return out;
}

}  // namespace meshcheck::report
