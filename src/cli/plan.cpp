#include "cli/plan.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include "cli/overrides.h"
#include "cli/scope.h"
#include "engine/select.h"

namespace meshcheck::cli {
namespace {

// The flag, or the variable that its value comes from.
std::string said_by(const char* flag, const char* variable, const std::string& value,
                    const Surroundings& surroundings) {
  return surroundings.environment(variable) == value ? variable : flag;
}

Result<std::optional<Severity>> parse_fail_on(const std::string& word,
                                              const Surroundings& surroundings) {
  if (word == "never") return std::optional<Severity>{};
  for (const Severity severity : {Severity::info, Severity::warning, Severity::error}) {
    if (word == to_string(severity)) return std::optional<Severity>{severity};
  }
  const std::string near = nearest(word, std::vector<std::string>(kFailOn.begin(), kFailOn.end()));
  return fail(said_by("--fail-on", "MESHCHECK_FAIL_ON", word, surroundings),
              fmt::format("`{}` is not error, warning, info or never", word),
              near.empty() ? "" : fmt::format("did you mean `{}`?", near));
}

// --now, else SOURCE_DATE_EPOCH (reproducible-builds.org), else the clock.
Result<Day> read_today(const AuditOptions& options, const Surroundings& surroundings) {
  using std::chrono::floor;
  if (!options.now.empty()) {
    if (const auto day = parse_day(options.now)) return *day;
    return fail(said_by("--now", "MESHCHECK_NOW", options.now, surroundings),
                fmt::format("`{}` is no date", options.now), "write it as 2026-11-22");
  }
  if (const auto epoch = surroundings.environment("SOURCE_DATE_EPOCH"); epoch && !epoch->empty()) {
    std::int64_t seconds = 0;
    const auto end = epoch->data() + epoch->size();
    const auto read = std::from_chars(epoch->data(), end, seconds);
    if (read.ec != std::errc() || read.ptr != end || seconds < 0 || seconds > 253402300799) {
      return fail("SOURCE_DATE_EPOCH", fmt::format("`{}` is no number of seconds", *epoch),
                  "set it to the seconds since 1970, or unset it");
    }
    return floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
  }
  return floor<std::chrono::days>(std::chrono::system_clock::now());
}

// A run of no rule would pass whatever it is shown.
std::optional<Error> check_any(const AuditOptions& options, const Selection& selection) {
  const auto names_any = [](const std::vector<std::string>& words) {
    return std::ranges::any_of(words, [](const std::string& word) { return names_codes(word); });
  };
  const bool codes = names_any(selection.select) || names_any(selection.extend_select) ||
                     (selection.select.empty() && names_any(selection.configured_select));
  if (codes && !options.input.istioctl_analyze.empty()) return std::nullopt;
  if (codes) {
    return fail("", "no rule is left to run",
                "what istioctl analyze found comes with --istioctl-analyze FILE");
  }
  const bool flag = !selection.ignore.empty();
  return fail(flag ? "--ignore" : "", "no rule is left to run",
              fmt::format("{} takes away all that was selected",
                          flag ? "--ignore" : "`ignore` of the configuration"));
}

// Namespaces are listed as a whole; who reads a few of them asks about those.
std::function<bool(const Finding&)> out_of_scope(const std::vector<std::string>& namespaces,
                                                 std::function<bool(const Finding&)> ignored) {
  if (namespaces.empty()) return ignored;
  return [namespaces, ignored = std::move(ignored)](const Finding& finding) {
    const bool other = finding.object.kind == "Namespace" &&
                       std::ranges::find(namespaces, finding.object.name) == namespaces.end();
    return other || (ignored && ignored(finding));
  };
}

// The rules to run, and what the configuration says of them.
std::optional<Error> choose_rules(const AuditOptions& options, const Config& config,
                                  RunPlan& plan) {
  Selection& selection = plan.selection;
  RunOptions& run = plan.run;
  selection = options.selection;
  selection.configured_select = config.select;
  selection.configured_ignore = config.ignore;
  auto selected = select_rules(selection);
  if (!selected) return selected.error();
  if (selected->empty()) {
    if (auto error = check_any(options, selection)) return error;
  }
  run.rules = std::move(*selected);
  run.parameters = config.parameters;
  run.severities = config.severities;
  run.ignored = out_of_scope(options.input.live.namespaces, ignored_by(config));
  run.severity_there = severity_by(config);
  return std::nullopt;
}

Honour honoured(const AuditOptions& options) {
  if (options.no_suppressions) return Honour::none;
  return options.disallow_annotation_suppressions ? Honour::configured : Honour::all;
}

// An entry that meets nothing is of no use only where all that the configuration is for was read.
std::vector<Suppression> suppressions_of(const Config& config, const InputOptions& input) {
  std::vector<Suppression> all = config.suppressions;
  const std::filesystem::path folder = std::filesystem::path(config.path).parent_path();
  const bool whole = !all.empty() && reads_all_of(input, folder.empty() ? "." : folder.string());
  for (Suppression& said : all) {
    if (auto* names = std::get_if<CoveredNames>(&said.covers)) names->sees_all = whole;
  }
  return all;
}

}  // namespace

Result<RunPlan> plan_run(const AuditOptions& options, const Config& config,
                         const Surroundings& surroundings) {
  RunPlan plan;
  if (auto error = choose_rules(options, config, plan)) return std::move(*error);
  RunOptions& run = plan.run;
  auto fail_on = parse_fail_on(options.fail_on, surroundings);
  if (!fail_on) return fail_on.error();
  run.fail_on = *fail_on;
  run.exit_zero = options.exit_zero;
  run.allow_incomplete = options.allow_incomplete;
  const auto today = read_today(options, surroundings);
  if (!today) return today.error();
  run.today = *today;
  run.honour = honoured(options);
  run.suppressions = suppressions_of(config, options.input);
  run.allow_stale = options.allow_stale_baseline;
  return plan;
}

}  // namespace meshcheck::cli
