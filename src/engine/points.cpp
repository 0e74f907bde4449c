#include "engine/points.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace meshcheck {
namespace {

constexpr std::array<std::string_view, 10> kTitles = {
    "Input and suppressions", "Control-plane resources", "Control-plane availability",
    "Revisions and upgrades", "Sidecars and capacity",   "Access logs and protocols",
    "Authorization",          "Configuration drift",     "Version parity",
    "Beyond the baseline"};

void count(Point& point, const Finding& finding) {
  switch (finding.state) {
    case FindingState::suppressed: ++point.suppressed; return;
    case FindingState::baselined: ++point.baselined; return;
    case FindingState::fixed: return;
    case FindingState::none:
    case FindingState::new_:
    case FindingState::unchanged: break;
  }
  switch (finding.severity) {
    case Severity::error: ++point.errors; break;
    case Severity::warning: ++point.warnings; break;
    case Severity::info: ++point.infos; break;
  }
}

std::string why_not(int number, std::span<const RuleOutcome> rules) {
  for (const RuleOutcome& outcome : rules) {
    if (outcome.rule->point == number) return outcome.skipped.front().reason;
  }
  const bool any =
      std::ranges::any_of(all_rules(), [&](const Rule& rule) { return rule.info.point == number; });
  return any ? "no rule of this point is selected" : "this version has no rules for it";
}

}  // namespace

std::string_view point_title(int number) { return kTitles.at(static_cast<std::size_t>(number)); }

std::array<Point, 8> score(std::span<const Finding> findings, std::span<const RuleOutcome> rules) {
  std::array<Point, 8> points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Point& point = points.at(i);
    point.number = static_cast<int>(i) + 1;
    point.title = point_title(point.number);
    for (const RuleOutcome& outcome : rules) {
      if (outcome.rule->point != point.number) continue;
      ++point.rules;
      if (outcome.judged) ++point.judged;
    }
    for (const Finding& finding : findings) {
      if (finding.rule.size() == 5 && finding.rule[2] - '0' == point.number) count(point, finding);
    }
    if (point.errors > 0) {
      point.status = PointStatus::fail;
    } else if (point.warnings > 0) {
      point.status = PointStatus::warn;
    } else if (point.judged > 0) {
      point.status = PointStatus::pass;
    } else {
      point.reason = why_not(point.number, rules);
    }
  }
  return points;
}

std::vector<NotEvaluated> not_evaluated(std::span<const RuleOutcome> rules) {
  std::vector<NotEvaluated> list;
  for (const RuleOutcome& outcome : rules) {
    for (const Sink::Skipped& skipped : outcome.skipped) {
      list.push_back({std::string(outcome.rule->id), std::string(outcome.rule->name),
                      skipped.reason, skipped.needs, outcome.judged});
    }
  }
  return list;
}

}  // namespace meshcheck
