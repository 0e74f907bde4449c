// Runs rules over meshes and turns what they say into a Report; pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "meshcheck/mesh.h"
#include "meshcheck/report.h"
#include "meshcheck/rule.h"

namespace meshcheck {

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
};

// What the reader said, for the report.
struct ReadOutcome {
  std::vector<Finding> findings;
  std::vector<Error> errors;
  Inputs inputs;
  // Of findings that another tool made: its codes, those that are selected.
  std::vector<RuleText> other_rules = {};
};

Report run(std::span<const Mesh> meshes, ReadOutcome read, const RunOptions& options);

// First 16 hexadecimal digits of SHA-256 over what names the finding: rule, API group, kind,
// namespace, name, container and field, never a place, value or version.
std::string fingerprint(const Finding& finding);

}  // namespace meshcheck
