#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/columns.h"
#include "report/place.h"
#include "report/repository_path.h"
#include "report/sarif_parts.h"
#include "report/standing.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

// More of them make a message that nobody reads.
constexpr std::size_t kMostLinks = 20;

std::string snippet(const Location& where) {
  const auto begin = byte_offset(where.excerpt, where.column);
  const auto end = byte_offset(where.excerpt, where.end_column);
  return begin && end && *begin < *end ? where.excerpt.substr(*begin, *end - *begin) : "";
}

// Of a whole file it is line 1: GitHub refuses results without a region, and SARIF has no line 0.
// On a pull request GitHub shows only alerts all of whose lines were changed, so a region is one
// line: what spans more is marked to the end of its first.
Json region(const Location& where) {
  if (where.line == 0) return {{"startLine", 1}};
  Json out = {{"startLine", where.line}};
  if (where.column == 0) return out;
  out["startColumn"] = where.column;
  if (where.end_line != where.line || where.end_column == 0) return out;
  out["endLine"] = where.line;
  out["endColumn"] = where.end_column;
  if (const std::string text = snippet(where); !text.empty()) out["snippet"] = {{"text", text}};
  return out;
}

Json artifact(std::string_view path) { return {{"uri", to_uri(path)}, {"uriBaseId", "SRCROOT"}}; }

Json physical(const Location& where, const ReportStyle& style) {
  return {{"artifactLocation", artifact(dashboard_path(where.file, style))},
          {"region", region(where)}};
}

Json logical(const Finding& finding) {
  const std::string name =
      finding.logical.empty() ? qualified_name(finding.object) : finding.logical;
  return {{"name", finding.object.name.empty() ? name : finding.object.name},
          {"fullyQualifiedName", name},
          {"kind", "object"}};
}

// GitHub refuses a whole upload for one result without a file. An object of the cluster has none,
// so it gets a name that no checkout holds: the alert appears, without a preview.
Json locations(const Finding& finding, const ReportStyle& style) {
  Json out = Json::object();
  out["physicalLocation"] =
      finding.location ? physical(*finding.location, style)
                       : Json{{"artifactLocation", artifact(dashboard_path(finding, style))},
                              {"region", {{"startLine", 1}}}};
  if (!finding.logical.empty() || !finding.object.kind.empty()) {
    out["logicalLocations"] = Json::array({logical(finding)});
  }
  return Json::array({std::move(out)});
}

// Outside a link a bracket that would begin one is escaped, within its text every bracket is, and
// the backslash (SARIF 2.1.0, 3.11.6).
std::string plain_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("](")) out += '\\';
    out += text[i];
  }
  return out;
}

std::string link_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// A message and the related locations that it links, each told once.
class Story {
 public:
  explicit Story(const ReportStyle& style) : style_(style) {}

  void add(std::string_view sentence) {
    if (!text_.empty()) text_ += ' ';
    text_ += plain_text(sarif_sentence(printable(sentence)));
  }

  void see_also(const Finding& finding) {
    for (const Related& related : finding.related) {
      const std::string text =
          printable(related.rule.empty() ? related.message : related.rule + ": " + related.message);
      const Location where = related.location.value_or(Location{});
      if (!told_.insert({text, where.file, where.line, where.column}).second) continue;
      if (told_.size() > kMostLinks) {
        ++more_;
      } else if (related.location) {
        link(text, related);
      } else {
        add("See also " + text);
      }
    }
  }

  std::string text() const {
    return more_ == 0 ? text_ : fmt::format("{} And {} more places.", text_, more_);
  }
  Json& related_locations() { return locations_; }

 private:
  void link(const std::string& text, const Related& related) {
    const std::size_t id = locations_.size() + 1;
    text_ += fmt::format(" See also [{}]({}).", link_text(text), id);
    Json entry = {{"id", id}, {"physicalLocation", physical(*related.location, style_)}};
    if (!related.message.empty()) {
      entry["message"] = {{"text", plain_text(printable(related.message))}};
    }
    locations_.push_back(std::move(entry));
  }

  const ReportStyle& style_;
  std::string text_;
  Json locations_ = Json::array();
  std::set<std::tuple<std::string, std::string, std::uint32_t, std::uint32_t>> told_;
  std::size_t more_ = 0;
};

// The gravest of the findings first, then what else is wrong at the line; GitHub shows the first
// sentence where it has no room for more.
Story story_of(const SarifGroup& group, const ReportStyle& style) {
  Story story(style);
  const Finding& first = *group.front();
  story.add(first.message.empty() ? first.name : first.message);
  for (std::size_t i = 1; i < group.size(); ++i) story.add("Here too: " + group[i]->message);
  if (first.fix && !first.fix->description.empty()) story.add(first.fix->description);
  for (const Finding* finding : group) story.see_also(*finding);
  return story;
}

Json fingerprints(const Finding& finding) {
  Json out = Json::object();
  if (finding.location && !finding.location->line_hash.empty()) {
    out["primaryLocationLineHash"] = finding.location->line_hash;
  }
  if (!finding.fingerprint.empty()) out["meshcheck/objectField/v1"] = finding.fingerprint;
  return out;
}

// `kind` is external: where a suppression stands, in the manifest or in the configuration, a report
// does not know, and an external one is not looked for in the file.
Json suppressions(const Finding& finding) {
  Json out = {{"kind", "external"}, {"status", "accepted"}};
  if (!finding.justification.empty()) out["justification"] = printable(finding.justification);
  return Json::array({std::move(out)});
}

Json reference(const Report& report, std::string_view id) {
  Json out = {{"id", id}};
  const auto rule = std::ranges::find(report.rules, id, &RuleText::id);
  if (rule != report.rules.end()) out["index"] = rule - report.rules.begin();
  return out;
}

}  // namespace

Severity sarif_severity(const SarifGroup& group) {
  return (*std::ranges::max_element(group, {}, &Finding::severity))->severity;
}

Json sarif_result(const Report& report, const SarifGroup& group, const ReportStyle& style) {
  const Finding& finding = *group.front();
  Json out = {{"ruleId", finding.rule}};
  const Json rule = reference(report, finding.rule);
  if (rule.contains("index")) out["ruleIndex"] = rule["index"];
  out["level"] = sarif_level(sarif_severity(group));
  Story story = story_of(group, style);
  out["message"] = {{"text", story.text()}};
  out["locations"] = locations(finding, style);
  if (!story.related_locations().empty()) {
    out["relatedLocations"] = std::move(story.related_locations());
  }
  if (Json prints = fingerprints(finding); !prints.empty()) {
    out["partialFingerprints"] = std::move(prints);
  }
  if (accepted(finding)) out["suppressions"] = suppressions(finding);
  return out;
}

Json sarif_notification(const Error& error, const ReportStyle& style) {
  std::string text = error.message;
  if (!error.hint.empty()) text += fmt::format(" ({})", error.hint);
  Json out = {{"level", "error"},
              {"message", {{"text", plain_text(sarif_sentence(printable(text)))}}}};
  if (error.location) {
    out["locations"] = Json::array({Json{{"physicalLocation", physical(*error.location, style)}}});
  }
  return out;
}

Json sarif_notification(const Report& report, const NotEvaluated& entry) {
  const std::string text = fmt::format("{} {} was {}not evaluated: {}", entry.rule, entry.name,
                                       entry.partly ? "in part " : "", entry.reason);
  return {{"level", "note"},
          {"message", {{"text", plain_text(sarif_sentence(printable(text)))}}},
          {"associatedRule", reference(report, entry.rule)}};
}

}  // namespace meshcheck::report
