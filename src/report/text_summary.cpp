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

std::string tally(const Point& point) {
  if (point.status == PointStatus::not_evaluated) {
    return point.reason.empty() ? "not evaluated" : "not evaluated: " + printable(point.reason);
  }
  std::vector<std::string> parts;
  if (point.errors != 0) parts.push_back(counted(point.errors, "error"));
  if (point.warnings != 0) parts.push_back(counted(point.warnings, "warning"));
  if (point.infos != 0) parts.push_back(counted(point.infos, "info"));
  std::string out = fmt::format("{}", fmt::join(parts, ", "));
  std::vector<std::string> accepted;
  if (point.suppressed != 0) accepted.push_back(fmt::format("{} suppressed", point.suppressed));
  if (point.baselined != 0) accepted.push_back(fmt::format("{} in the baseline", point.baselined));
  if (!accepted.empty()) {
    out += fmt::format("{}({})", out.empty() ? "" : " ", fmt::join(accepted, ", "));
  }
  // A pass on two rules of eleven is not the pass that a reader takes it for.
  if (point.judged < point.rules) {
    out += fmt::format("{}{} of {} judged", out.empty() ? "" : "; ", point.judged,
                       counted(point.rules, "rule"));
  }
  return out;
}

// A point that was not evaluated tells why in its own line.
bool told_by_point(const Report& report, const NotEvaluated& entry) {
  const RuleText* rule = find_rule_text(report, entry.rule);
  return rule != nullptr && std::ranges::any_of(report.points, [&](const Point& point) {
           return point.number == rule->point && point.status == PointStatus::not_evaluated;
         });
}

struct ReasonGroup {
  std::string reason;
  std::vector<std::string> rules;  // by ID
  std::vector<std::string> needs;  // those that the reason does not name
};

void add_new(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

// Rules that were not evaluated, by the reason they share: the commonest first, then by rule.
std::vector<ReasonGroup> by_reason(const Report& report, bool all) {
  std::vector<ReasonGroup> groups;
  std::map<std::string_view, std::size_t> places;
  for (const NotEvaluated& entry : report.not_evaluated) {
    if (!all && told_by_point(report, entry)) continue;
    const auto [it, added] = places.try_emplace(entry.reason, groups.size());
    if (added) groups.push_back({entry.reason, {}, {}});
    ReasonGroup& group = groups[it->second];
    add_new(group.rules, entry.rule);
    for (const std::string& need : entry.needs) {
      if (entry.reason.find(need) == std::string::npos) add_new(group.needs, need);
    }
  }
  for (ReasonGroup& group : groups) std::ranges::sort(group.rules);
  std::ranges::sort(groups, [](const ReasonGroup& a, const ReasonGroup& b) {
    if (a.rules.size() != b.rules.size()) return a.rules.size() > b.rules.size();
    return std::tie(a.rules.front(), a.reason) < std::tie(b.rules.front(), b.reason);
  });
  return groups;
}

// "MC101-MC104, MC109": three or more numbers in a row are a range.
std::string ranges_of(const std::vector<std::string>& rules) {
  const auto number = [](const std::string& rule) {
    int value = 0;
    for (const char c : rule) value = c >= '0' && c <= '9' ? value * 10 + (c - '0') : 0;
    return value;
  };
  std::string out;
  for (std::size_t first = 0; first < rules.size();) {
    std::size_t last = first;
    while (last + 1 < rules.size() && number(rules[last + 1]) == number(rules[last]) + 1) ++last;
    if (last - first < 2) last = first;
    out += fmt::format("{}{}", out.empty() ? "" : ", ", printable(rules[first]));
    if (last > first) out += fmt::format("-{}", printable(rules[last]));
    first = last + 1;
  }
  return out;
}

// A rule may be named several times, once a subject.
std::size_t rules_not_evaluated(const Report& report, bool with_partly) {
  std::vector<std::string_view> rules;
  for (const NotEvaluated& entry : report.not_evaluated) {
    if (with_partly || !entry.partly) rules.emplace_back(entry.rule);
  }
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

  std::string line =
      fmt::format("{}, {}, {} in {}", counted(errors, "error"), counted(warnings, "warning"),
                  counted(count_standing(report, Severity::info), "info"),
                  counted(report.inputs.files, "file"));
  std::vector<std::string> rest;
  if (report.suppressed != 0) rest.push_back(fmt::format("{} suppressed", report.suppressed));
  if (report.baselined != 0) rest.push_back(fmt::format("{} in the baseline", report.baselined));
  if (report.stale != 0) {
    rest.push_back(fmt::format("{} of the baseline gone", report.stale));
  }
  if (const std::size_t rules = rules_not_evaluated(report, false); rules != 0) {
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
