// Runs rules over meshes and turns what they say into a Report; pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/baseline.h"
#include "meshcheck/mesh.h"
#include "meshcheck/report.h"
#include "meshcheck/rule.h"
#include "meshcheck/suppression.h"

namespace meshcheck {

// Which suppressions a run honours.
enum class Honour : std::uint8_t {
  all,
  configured,  // those of the configuration: nothing that stands in what is judged
  none,
};

struct RunOptions {
  std::vector<const Rule*> rules;                     // by id
  std::optional<Severity> fail_on = Severity::error;  // nullopt: never
  bool allow_incomplete = false;
  bool exit_zero = false;
  Day today = {};
  // By rule id; names and types were checked when they were read.
  std::map<std::string, std::vector<std::pair<std::string, std::string>>, std::less<>> parameters;
  // By rule id: of all findings of that rule, whatever severities it has of its own.
  std::map<std::string, Severity, std::less<>> severities;
  // Findings set aside for the place they are at, as if their rule had not run there; may be empty.
  std::function<bool(const Finding&)> ignored;
  // What goes before `severities` for the place that a finding is at; may be empty.
  std::function<std::optional<Severity>(const Finding&)> severity_there;
  Honour honour = Honour::all;
  std::vector<Suppression> suppressions;  // of the configuration
  const Baseline* baseline = nullptr;     // may be null
  bool allow_stale = false;               // entries of the baseline may have no finding any more
  // False: each finding stands for itself with the whole of its own fix, as baselines know it and a
  // machine applies it.
  bool fold = true;
};

// What the reader said, for the report.
struct ReadOutcome {
  std::vector<Finding> findings;
  std::vector<Error> errors;
  Inputs inputs;
  std::vector<Suppression> suppressions = {};  // by comments
  // Of findings that another tool made: its codes, those that are selected.
  std::vector<RuleText> other_rules = {};
  // Whether such a code is selected and would be there, had the tool said it; may be empty.
  std::function<bool(std::string_view)> sees_code = {};
};

// Findings are suppressed and held against the baseline one by one, before those of one cause are
// joined: what is accepted then neither appears within another nor adds to its fix, and what goes
// away does not turn what was joined to it into something new.
Report run(std::span<const Mesh> meshes, ReadOutcome read, const RunOptions& options);

// First 16 hexadecimal digits of SHA-256 over what names the finding: rule, API group, kind,
// namespace, name, container and field, never a place, value or version.
std::string fingerprint(const Finding& finding);

}  // namespace meshcheck
