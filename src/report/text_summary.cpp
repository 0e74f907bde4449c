#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "report/place.h"
#include "report/standing.h"
#include "report/summary.h"
#include "report/terminal.h"
#include "report/text_parts.h"

namespace meshcheck::report {
namespace {

// With the points and the summary below findings that scrolled away, they fill a screen of 24
// lines.
constexpr std::size_t kShownReasons = 5;
constexpr std::size_t kWidestRules = 24;

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

std::size_t count_folded(const Report& report) {
  std::size_t count = 0;
  for (const Finding& finding : report.findings) {
    if (!stands(finding)) continue;
    count += static_cast<std::size_t>(std::ranges::count_if(
        finding.related, [](const Related& related) { return !related.rule.empty(); }));
  }
  return count;
}

// Two columns, each wrapped for itself.
void write_columns(const std::vector<std::string>& left, std::size_t left_width,
                   const std::vector<std::string>& right, std::ostream& out) {
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string_view first = i < left.size() ? std::string_view(left[i]) : "";
    out << "  " << first;
    if (i < right.size()) {
      out << std::string(left_width - std::min(left_width, first.size()) + 2, ' ') << right[i];
    }
    out << '\n';
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
  const std::vector<ReasonGroup> groups = by_reason(report, ink.verbose());
  const std::size_t shown = ink.verbose() ? groups.size() : std::min(groups.size(), kShownReasons);
  std::vector<std::vector<std::string>> columns;
  std::size_t width = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    columns.push_back(wrap(ranges_of(groups[i].rules), kWidestRules));
    for (const std::string& line : columns.back()) width = std::max(width, line.size());
  }
  out << ink.paint(Colour::bold, "Not evaluated") << '\n';
  std::set<std::string_view> told;
  for (std::size_t i = 0; i < shown; ++i) {
    std::string reason = groups[i].reason;
    if (ink.verbose() && !groups[i].needs.empty()) {
      reason += fmt::format(" (needs {})", fmt::join(groups[i].needs, ", "));
    }
    write_columns(columns[i], width, wrap(reason, ink.width() - width - 4), out);
    told.insert(groups[i].rules.begin(), groups[i].rules.end());
  }
  if (const std::size_t rest = rules_not_evaluated(report, true) - told.size(); rest != 0) {
    out << fmt::format("  {}{}, listed with -v\n", shown == 0 ? "" : "and ",
                       counted(rest, shown == 0 ? "rule" : "more rule"));
  }
  out << '\n';
}

void write_summary(const Report& report, const Ink& ink, std::ostream& out) {
  const std::size_t errors = count_standing(report, Severity::error);
  const std::size_t warnings = count_standing(report, Severity::warning);
  Colour colour = Colour::green;
  if (warnings != 0 || !report.errors.empty()) colour = Colour::yellow;
  if (errors != 0) colour = Colour::red;

  for (const std::string& line : wrap(summary_line(report), ink.width())) {
    out << ink.paint(colour, line) << '\n';
  }
  // The points count these too.
  if (const std::size_t folded = count_folded(report); folded != 0) {
    out << fmt::format("{} more of the same causes, under `also`\n", folded);
  }
  if (!report.now.empty())
    out << ink.paint(Colour::dim, "judged on " + printable(report.now)) << '\n';
}

}  // namespace meshcheck::report
