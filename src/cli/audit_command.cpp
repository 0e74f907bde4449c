#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

#include "cli/analyzer_findings.h"
#include "cli/ci.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/line_hashes.h"
#include "cli/output.h"
#include "cli/overrides.h"
#include "cli/read.h"
#include "cli/rendered_places.h"
#include "engine/run.h"
#include "engine/select.h"

namespace meshcheck::cli {
namespace {

Result<std::optional<Severity>> parse_fail_on(const std::string& word) {
  if (word == "never") return std::optional<Severity>{};
  for (const Severity severity : {Severity::info, Severity::warning, Severity::error}) {
    if (word == to_string(severity)) return std::optional<Severity>{severity};
  }
  const std::string near = nearest(word, std::vector<std::string>(kFailOn.begin(), kFailOn.end()));
  return fail("--fail-on", fmt::format("`{}` is not error, warning, info or never", word),
              near.empty() ? "" : fmt::format("did you mean `{}`?", near));
}

// --now, else SOURCE_DATE_EPOCH (reproducible-builds.org), else the clock.
Result<Day> read_today(const AuditOptions& options, const Surroundings& surroundings) {
  using std::chrono::floor;
  if (!options.now.empty()) {
    if (const auto day = parse_day(options.now)) return *day;
    return fail("--now", fmt::format("`{}` is no date", options.now), "write it as 2026-11-22");
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

// What the flags mean, checked before anything is read.
struct Plan {
  std::vector<Output> outputs;
  Selection selection;
  RunOptions run;
  ReportStyle style;
};

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

// The rules to run, and what the configuration says of them.
std::optional<Error> choose_rules(const AuditOptions& options, const Config& config, Plan& plan) {
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
  run.ignored = ignored_by(config);
  run.severity_there = severity_by(config);
  return std::nullopt;
}

Result<Plan> make_plan(const AuditOptions& options, const Config& config,
                       const Surroundings& surroundings) {
  Plan plan;
  auto outputs = parse_outputs(options.outputs);
  if (!outputs) return outputs.error();
  plan.outputs = std::move(*outputs);
  if (auto error = choose_rules(options, config, plan)) return std::move(*error);
  auto fail_on = parse_fail_on(options.fail_on);
  if (!fail_on) return fail_on.error();
  plan.run.fail_on = *fail_on;
  plan.run.exit_zero = options.exit_zero;
  plan.run.allow_incomplete = options.allow_incomplete;
  const auto today = read_today(options, surroundings);
  if (!today) return today.error();
  plan.run.today = *today;
  const auto colour = wants_colour(options.colour, surroundings);
  if (!colour) return colour.error();
  plan.style.colour = *colour;
  plan.style.links = *colour && surroundings.out_is_terminal;
  plan.style.quiet = options.quiet;
  plan.style.verbose = options.verbose;
  plan.style.statistics = options.statistics;
  if (surroundings.width > 0) plan.style.width = surroundings.width;
  describe_repository(std::filesystem::current_path(), surroundings, plan.style);
  return plan;
}

bool writes(const Plan& plan, std::string_view format) {
  return std::ranges::any_of(plan.outputs,
                             [&](const Output& output) { return output.format->name == format; });
}

std::string chosen_category(const AuditOptions& options, const ReportStyle& style) {
  std::string category = options.sarif_category;
  while (category.ends_with('/')) category.pop_back();
  if (!category.empty()) return category;
  std::vector<std::string> paths = options.input.paths;
  paths.insert(paths.end(), options.input.filenames.begin(), options.input.filenames.end());
  return category_of(paths, style);
}

// Reports to standard output go last, so that an unwritable file is part of what they tell.
void write_reports(const Plan& plan, Report& report, std::span<const RenderedTree> trees,
                   const Surroundings& surroundings) {
  const auto render = [&](const Output& output) {
    ReportStyle style = plan.style;
    if (!output.file.empty()) style.colour = style.links = false;
    std::ostringstream text;
    if (!trees.empty() && marks_files(output.format->name)) {
      output.format->write(in_repository(report, trees), style, text);
    } else {
      output.format->write(report, style, text);
    }
    return std::move(text).str();
  };
  const auto failed = [&](Error error) {
    say(error, surroundings.err);
    report.errors.push_back(std::move(error));
    if (report.exit_code == Exit::clean && !plan.run.allow_incomplete) {
      report.exit_code = Exit::incomplete;
    }
  };
  for (const Output& output : plan.outputs) {
    if (output.file.empty()) continue;
    if (auto error = write_whole(output.file, render(output))) failed(std::move(*error));
  }
  if (writes(plan, "github")) {
    if (auto error = append_step_summary(report, plan.style, surroundings)) {
      failed(std::move(*error));
    }
  }
  for (const Output& output : plan.outputs) {
    if (output.file.empty()) surroundings.out << render(output);
  }
  surroundings.out.flush();
}

}  // namespace

Exit audit(const AuditOptions& options, const Surroundings& surroundings) {
  const ConfigRead configured = configure(options.input);
  if (!configured.errors.empty()) {
    say(configured.errors, surroundings.err);
    return Exit::usage;
  }
  auto plan = make_plan(options, configured.config, surroundings);
  if (!plan) {
    say(plan.error(), surroundings.err);
    return Exit::usage;
  }
  auto read = read_meshes(options.input, configured.config, surroundings);
  if (!read) {
    say(read.error(), surroundings.err);
    return Exit::usage;
  }
  say(read->loaded.errors, surroundings.err);
  AnalyzerFindings said =
      analyzer_findings(read->messages, read->loaded.documents, read->meshes, plan->selection);
  ReadOutcome outcome{std::move(read->loaded.findings), std::move(read->loaded.errors),
                      std::move(read->loaded.inputs), std::move(said.rules)};
  std::ranges::move(said.findings, std::back_inserter(outcome.findings));
  Report report = run(read->meshes.meshes, std::move(outcome), plan->run);
  report.tool_version = MESHCHECK_VERSION;
  name_sources(report, read->trees);
  if (writes(*plan, "sarif")) {
    if (report.category.empty()) report.category = chosen_category(options, plan->style);
    add_line_hashes(report, read->loaded.documents);
  }
  write_reports(*plan, report, read->trees, surroundings);
  return report.exit_code;
}

}  // namespace meshcheck::cli
