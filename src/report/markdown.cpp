// Markdown for a comment on a pull request and for the summary of a job: where the mesh stands,
// then a line a finding that unfolds. What does not fit is cut by rule, and says so.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "report/cut.h"
#include "report/formats.h"
#include "report/markdown_text.h"
#include "report/place.h"
#include "report/remedy.h"
#include "report/repository_path.h"
#include "report/standing.h"
#include "report/summary.h"

namespace meshcheck::report {
namespace {

constexpr std::size_t kLongestText = 1000;  // bytes of a message or reason
constexpr std::size_t kMostErrors = 20;

// How much to tell of each rule; a report that is too long is written again with less.
struct Depth {
  std::size_t findings = std::numeric_limits<std::size_t>::max();
  bool remedies = true;
};
constexpr std::array<Depth, 8> kDepths = {
    {{}, {50, true}, {20, true}, {10, true}, {5, true}, {2, true}, {1, false}, {0, false}}};

std::string cut(std::string_view text) { return at_most(std::string(text), kLongestText); }

std::string_view word(PointStatus status) {
  switch (status) {
    case PointStatus::pass: return "pass";
    case PointStatus::warn: return "**warn**";
    case PointStatus::fail: return "**FAIL**";
    case PointStatus::not_evaluated: return "–";
  }
  return {};
}

class MarkdownWriter {
 public:
  MarkdownWriter(const Report& report, const ReportStyle& style, Depth depth)
      : report_(report), style_(style), depth_(depth) {}

  std::string text() {
    // The mark by which a job finds its comment again, to write it anew.
    out_ = "<!-- meshcheck -->\n## meshcheck: " + markdown_text(summary_line(report_)) + "\n\n";
    if (!report_.errors.empty()) errors();
    points();
    for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
      findings(severity);
    }
    if (depth_.remedies) not_evaluated();
    if (!report_.now.empty()) out_ += fmt::format("Judged on {}.\n", markdown_text(report_.now));
    return std::move(out_);
  }

 private:
  void errors() {
    out_ += fmt::format("**{} not read**, and so not judged:\n\n",
                        counted(report_.errors.size(), "input"));
    for (std::size_t i = 0; i < std::min(report_.errors.size(), kMostErrors); ++i) {
      out_ += fmt::format("- {}\n", markdown_text(cut(report_.errors[i].message)));
    }
    if (report_.errors.size() > kMostErrors) {
      out_ += fmt::format("- and {} more\n", report_.errors.size() - kMostErrors);
    }
    out_ += '\n';
  }

  void points() {
    out_ += "| | Point | Status | |\n|---|---|---|---|\n";
    for (const Point& point : report_.points) {
      out_ += fmt::format("| {} | {} | {} | {} |\n", point.number, markdown_text(point.title),
                          word(point.status), markdown_text(cut(tally(point))));
    }
    out_ += '\n';
  }

  // By rule, the places of each in the report's order.
  void findings(Severity severity) {
    std::map<std::string_view, std::vector<const Finding*>> rules;
    std::size_t count = 0;
    for (const Finding& finding : report_.findings) {
      if (!stands(finding) || finding.severity != severity) continue;
      rules[finding.rule].push_back(&finding);
      ++count;
    }
    if (count == 0) return;
    const std::string heading = counted(count, to_string(severity));
    const bool folded = severity == Severity::info;
    out_ += folded ? fmt::format("<details><summary>{}</summary>\n\n", heading)
                   : fmt::format("### {}\n\n", heading);
    for (const auto& [rule, places] : rules) findings_of(places);
    if (folded) out_ += "</details>\n\n";
  }

  void findings_of(const std::vector<const Finding*>& places) {
    const std::size_t told = std::min(places.size(), depth_.findings);
    for (std::size_t i = 0; i < told; ++i) finding(*places[i]);
    if (told == places.size()) return;
    out_ += fmt::format("{} of {} {}: cut to fit here, the other formats have {}.\n\n",
                        told == 0 ? counted(places.size(), "finding")
                                  : counted(places.size() - told, "more finding"),
                        markdown_text(places.front()->rule), markdown_text(places.front()->name),
                        places.size() - told == 1 ? "it" : "them all");
  }

  void finding(const Finding& finding) {
    out_ += fmt::format("<details><summary><b>{}</b> {} <code>{}</code></summary>\n\n",
                        html_text(finding.rule), html_text(cut(finding.message)),
                        html_text(place(finding)));
    out_ += place_of(finding) + '\n';
    if (depth_.remedies) {
      related(finding);
      if (finding.fix) remedy(*finding.fix);
    }
    out_ += "\n</details>\n\n";
  }

  std::string linked(const Location& where) const {
    const std::string url = link_to(where, style_);
    const std::string text = code_span(place(where));
    return url.empty() ? text : fmt::format("[{}](<{}>)", text, url);
  }

  std::string place_of(const Finding& finding) const {
    std::string text = markdown_text(fmt::format("{} {}", finding.rule, finding.name));
    const RuleText* rule = find_rule_text(report_, finding.rule);
    if (rule != nullptr && !rule->references.empty()) {
      text = fmt::format("[{}](<{}>)", text, rule->references.front());
    }
    if (finding.location) text += " at " + linked(*finding.location);
    text += " of " + code_span(name_of(finding.object));
    if (!finding.field.empty()) text += " " + code_span(finding.field);
    if (!finding.mesh.empty()) text += " in mesh " + code_span(finding.mesh);
    return text;
  }

  void related(const Finding& finding) {
    for (const Related& related : finding.related) {
      const std::string rule = related.rule.empty() ? "" : related.rule + ": ";
      out_ += fmt::format("- {}", markdown_text(rule + cut(related.message)));
      if (related.location) out_ += " at " + linked(*related.location);
      out_ += '\n';
    }
  }

  void remedy(const Fix& fix) {
    if (!fix.description.empty()) out_ += '\n' + markdown_text(cut(fix.description)) + '\n';
    for (const Snippet& part : snippets(fix)) {
      out_ += fmt::format("\n{}:\n\n", markdown_text(part.label)) + code_block("yaml", part.yaml);
    }
  }

  void not_evaluated() {
    const std::vector<ReasonGroup> groups = by_reason(report_, true);
    if (groups.empty()) return;
    const std::size_t all = rules_not_evaluated(report_, true);
    const std::size_t partly = all - rules_not_evaluated(report_, false);
    out_ += fmt::format("<details><summary>{} not evaluated{}</summary>\n\n", counted(all, "rule"),
                        partly == 0 ? "" : fmt::format(", {} of them in part", partly));
    for (const ReasonGroup& group : groups) {
      out_ += fmt::format("- {}: {}\n", markdown_text(ranges_of(group.rules)),
                          markdown_text(cut(group.reason)));
    }
    out_ += "\n</details>\n\n";
  }

  const Report& report_;
  const ReportStyle& style_;
  Depth depth_;
  std::string out_;
};

}  // namespace

void write_markdown(const Report& report, const ReportStyle& style, std::ostream& out) {
  std::string text;
  for (const Depth& depth : kDepths) {
    text = MarkdownWriter(report, style, depth).text();
    if (text.size() <= style.most_bytes) break;
  }
  out << at_most(std::move(text), style.most_bytes);
}

}  // namespace meshcheck::report
