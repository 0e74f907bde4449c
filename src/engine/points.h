// The eight-point baseline: what the rules of each point add up to.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/finding.h"
#include "meshcheck/mesh.h"
#include "meshcheck/report.h"
#include "meshcheck/rule.h"

namespace meshcheck {

// How one rule fared over all meshes.
struct RuleOutcome {
  const RuleInfo* rule = nullptr;
  bool judged = false;
  // What it could not decide about, each reason once; never empty where it judged nothing.
  std::vector<Sink::Skipped> skipped;
  std::vector<const Mesh*> undecided;  // those that gave a reason
  bool used_today = false;
};

// Computed before folding, so that a finding that joined another still counts for its own point.
// What is suppressed or in the baseline is counted apart and fails no point. A point passes only
// where at least one of its rules could judge something.
std::array<Point, 8> score(std::span<const Finding> findings, std::span<const RuleOutcome> rules);

// Also of rules that judged something else: a point that passes must not hide what was not seen.
std::vector<NotEvaluated> not_evaluated(std::span<const RuleOutcome> rules);

// What a point is called: 1…8, 9 beyond the baseline, 0 the tool's own.
std::string_view point_title(int number);

}  // namespace meshcheck
