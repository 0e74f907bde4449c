#include <algorithm>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/place.h"
#include "report/standing.h"
#include "report/terminal.h"
#include "report/text_parts.h"

namespace meshcheck::report {
namespace {

constexpr std::size_t kShownReasons = 4;

struct Status {
  std::string_view word;
  Colour colour;
};

Status shown(PointStatus status) {
  switch (status) {
    case PointStatus::pass: return {"PASS", Colour::green};
    case PointStatus::warn: return {"WARN", Colour::yellow};
    case PointStatus::fail: return {"FAIL", Colour::red};
    case PointStatus::not_evaluated: return {"  --", Colour::dim};
  }
  return {};
}

std::string tally(const Point& point) {
  if (point.status == PointStatus::not_evaluated) {
    return point.reason.empty() ? "not evaluated" : "not evaluated: " + printable(point.reason);
  }
  std::vector<std::string> parts;
  if (point.errors != 0) parts.push_back(counted(point.errors, "error"));
  if (point.warnings != 0) parts.push_back(counted(point.warnings, "warning"));
  if (point.infos != 0) parts.push_back(counted(point.infos, "info"));
  std::string out = fmt::format("{}", fmt::join(parts, ", "));
  if (point.suppressed != 0) {
    out += fmt::format("{}({} suppressed)", out.empty() ? "" : " ", point.suppressed);
  }
  return out;
}

// Rules that were not evaluated, by the reason they share: the commonest first, then as they came.
std::vector<std::pair<std::string, std::vector<const NotEvaluated*>>> by_reason(
    const Report& report) {
  std::vector<std::pair<std::string, std::vector<const NotEvaluated*>>> groups;
  std::map<std::string, std::size_t> places;
  for (const NotEvaluated& entry : report.not_evaluated) {
    const auto [it, added] = places.try_emplace(entry.reason, groups.size());
    if (added) groups.emplace_back(entry.reason, std::vector<const NotEvaluated*>{});
    groups[it->second].second.push_back(&entry);
  }
  std::ranges::sort(groups, [](const auto& a, const auto& b) {
    if (a.second.size() != b.second.size()) return a.second.size() > b.second.size();
    return a.second.front() < b.second.front();
  });
  return groups;
}

// A rule may be named several times, once a subject.
std::size_t rules_not_evaluated(const Report& report) {
  std::vector<std::string_view> rules;
  for (const NotEvaluated& entry : report.not_evaluated) rules.emplace_back(entry.rule);
  std::ranges::sort(rules);
  const auto repeated = std::ranges::unique(rules);
  return rules.size() - repeated.size();
}

std::size_t count_folded(const Report& report) {
  std::size_t count = 0;
  for (const Finding& finding : report.findings) {
    if (!stands(finding)) continue;
    count += static_cast<std::size_t>(std::ranges::count_if(
        finding.related, [](const Related& related) { return !related.rule.empty(); }));
  }
  return count;
}

void write_wrapped(const Ink& ink, std::string_view text, std::size_t indent, std::ostream& out) {
  bool first = true;
  for (const std::string& line : wrap(text, ink.width() - indent - 2)) {
    out << std::string(first ? indent : indent + 2, ' ') << line << '\n';
    first = false;
  }
}

}  // namespace

void write_statistics(const Report& report, const Ink& ink, std::ostream& out) {
  struct Row {
    const Finding* example;
    std::size_t count;
  };
  std::map<std::string_view, Row> rows;
  for (const Finding& finding : report.findings) {
    if (!stands(finding)) continue;
    ++rows.try_emplace(finding.rule, Row{&finding, 0}).first->second.count;
  }
  std::vector<Row> sorted;
  for (const auto& [rule, row] : rows) sorted.push_back(row);
  std::ranges::sort(sorted, [](const Row& a, const Row& b) {
    return a.count != b.count ? a.count > b.count : a.example->rule < b.example->rule;
  });
  if (sorted.empty()) return;

  out << ink.paint(Colour::bold, "Findings by rule") << '\n';
  for (const Row& row : sorted) {
    out << fmt::format("{:>5}  {}  {}\n", row.count, printable(row.example->rule),
                       printable(row.example->name));
  }
  out << '\n';
}

void write_points(const Report& report, const Ink& ink, std::ostream& out) {
  std::size_t title_width = 0;
  for (const Point& point : report.points) {
    title_width = std::max(title_width, display_width(printable(point.title)));
  }
  out << ink.paint(Colour::bold, "The eight points") << '\n';
  for (const Point& point : report.points) {
    const std::string title = printable(point.title);
    const Status status = shown(point.status);
    out << fmt::format("  {}  {}{}  ", point.number, title,
                       std::string(title_width - display_width(title), ' '))
        << ink.paint(status.colour, status.word);
    const std::string text = tally(point);
    const std::size_t indent = title_width + 13;
    const std::size_t room = ink.width() > indent + 20 ? ink.width() - indent : 20;
    bool first = true;
    for (const std::string& line : wrap(text, room)) {
      if (!first) out << '\n' << std::string(indent - 2, ' ');
      out << "  " << ink.paint(Colour::dim, line);
      first = false;
    }
    out << '\n';
  }
  out << '\n';
}

void write_not_evaluated(const Report& report, const Ink& ink, std::ostream& out) {
  if (report.not_evaluated.empty()) return;
  const auto groups = by_reason(report);
  out << ink.paint(Colour::bold, "Not evaluated") << '\n';
  std::size_t written = 0;
  for (const auto& [reason, entries] : groups) {
    if (!ink.verbose() && written == kShownReasons) break;
    std::vector<std::string> rules;
    for (const NotEvaluated* entry : entries) {
      std::string rule =
          ink.verbose() ? fmt::format("{} {}", entry->rule, entry->name) : entry->rule;
      if (ink.verbose() && !entry->needs.empty()) {
        rule += fmt::format(" (needs {})", fmt::join(entry->needs, ", "));
      }
      if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(std::move(rule));
    }
    write_wrapped(ink, fmt::format("{}: {}", reason, fmt::join(rules, ", ")), 2, out);
    ++written;
  }
  if (written < groups.size()) {
    out << fmt::format("  and for {}, listed with -v\n",
                       counted(groups.size() - written, "more reason"));
  }
  out << '\n';
}

void write_summary(const Report& report, const Ink& ink, std::ostream& out) {
  const std::size_t errors = count_standing(report, Severity::error);
  const std::size_t warnings = count_standing(report, Severity::warning);
  Colour colour = Colour::green;
  if (warnings != 0 || !report.errors.empty()) colour = Colour::yellow;
  if (errors != 0) colour = Colour::red;

  std::string line =
      fmt::format("{}, {}, {} in {}", counted(errors, "error"), counted(warnings, "warning"),
                  counted(count_standing(report, Severity::info), "info"),
                  counted(report.inputs.files, "file"));
  std::vector<std::string> rest;
  if (report.suppressed != 0) rest.push_back(fmt::format("{} suppressed", report.suppressed));
  if (const std::size_t rules = rules_not_evaluated(report); rules != 0) {
    rest.push_back(counted(rules, "rule") + " not evaluated");
  }
  if (!report.errors.empty()) rest.push_back(counted(report.errors.size(), "input") + " not read");
  if (!rest.empty()) line += fmt::format(" ({})", fmt::join(rest, ", "));
  out << ink.paint(colour, line) << '\n';
  // The points count these too.
  if (const std::size_t folded = count_folded(report); folded != 0) {
    out << fmt::format("{} more of the same causes, under `also`\n", folded);
  }
  if (!report.now.empty())
    out << ink.paint(Colour::dim, "judged on " + printable(report.now)) << '\n';
}

}  // namespace meshcheck::report
