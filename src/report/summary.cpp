#include "report/summary.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "report/standing.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

// A point that was not evaluated tells why in its own line.
bool told_by_point(const Report& report, const NotEvaluated& entry) {
  const RuleText* rule = find_rule_text(report, entry.rule);
  return rule != nullptr && std::ranges::any_of(report.points, [&](const Point& point) {
           return point.number == rule->point && point.status == PointStatus::not_evaluated;
         });
}

void add_new(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

// What was read: clusters by name where one, and files.
std::string inputs_of(const Report& report) {
  if (report.clusters.empty()) return counted(report.inputs.files, "file");
  std::string text = report.clusters.size() == 1
                         ? "cluster " + printable(report.clusters.front().name)
                         : counted(report.clusters.size(), "cluster");
  if (report.inputs.files != 0) text += " and " + counted(report.inputs.files, "file");
  return text;
}

}  // namespace

std::string stale_sentence(const Report& report) {
  return fmt::format(
      "{} of the baseline {} what is gone: `meshcheck baseline prune` with the same paths drops {}",
      report.stale == 1 ? "1 entry" : fmt::format("{} entries", report.stale),
      report.stale == 1 ? "accepts" : "accept", report.stale == 1 ? "it" : "them");
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

const RuleText* find_rule_text(const Report& report, std::string_view id) {
  const auto it = std::ranges::find(report.rules, id, &RuleText::id);
  return it == report.rules.end() ? nullptr : &*it;
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

std::size_t rules_not_evaluated(const Report& report, bool with_partly) {
  std::vector<std::string_view> rules;
  for (const NotEvaluated& entry : report.not_evaluated) {
    if (with_partly || !entry.partly) rules.emplace_back(entry.rule);
  }
  std::ranges::sort(rules);
  const auto repeated = std::ranges::unique(rules);
  return rules.size() - repeated.size();
}

std::string summary_line(const Report& report) {
  std::string line =
      fmt::format("{}, {}, {} in {}", counted(count_standing(report, Severity::error), "error"),
                  counted(count_standing(report, Severity::warning), "warning"),
                  counted(count_standing(report, Severity::info), "info"), inputs_of(report));
  std::vector<std::string> rest;
  if (report.suppressed != 0) rest.push_back(fmt::format("{} suppressed", report.suppressed));
  if (report.baselined != 0) rest.push_back(fmt::format("{} in the baseline", report.baselined));
  if (report.stale != 0) rest.push_back(fmt::format("{} of the baseline gone", report.stale));
  if (const std::size_t rules = rules_not_evaluated(report, false); rules != 0) {
    rest.push_back(counted(rules, "rule") + " not evaluated");
  }
  if (!report.errors.empty()) rest.push_back(counted(report.errors.size(), "input") + " not read");
  if (!rest.empty()) line += fmt::format(" ({})", fmt::join(rest, ", "));
  return line;
}

}  // namespace meshcheck::report
