#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <utility>

#include "cli/analyzer_findings.h"
#include "cli/baseline_file.h"
#include "cli/ci.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/fix_command.h"
#include "cli/line_hashes.h"
#include "cli/live_input.h"
#include "cli/live_needs.h"
#include "cli/misnamed_config.h"
#include "cli/output.h"
#include "cli/plan.h"
#include "cli/read.h"
#include "cli/real_names.h"
#include "cli/rendered_places.h"
#include "cli/report_targets.h"
#include "cli/scope.h"
#include "cli/unparsed.h"
#include "engine/run.h"

namespace meshcheck::cli {
namespace {

// What the flags mean, checked before anything is read.
struct Plan {
  std::vector<Output> outputs;
  Selection selection;
  RunOptions run;
  ReportStyle style;
};

Result<Plan> make_plan(const AuditOptions& options, const Config& config,
                       const Surroundings& surroundings) {
  Plan plan;
  auto outputs = parse_outputs(options.outputs);
  if (!outputs) return outputs.error();
  plan.outputs = std::move(*outputs);
  auto run = plan_run(options, config, surroundings);
  if (!run) return run.error();
  plan.run = std::move(run->run);
  plan.selection = std::move(run->selection);
  const auto colour = wants_colour(options.colour, surroundings);
  if (!colour) return colour.error();
  plan.style.colour = *colour;
  plan.style.links = *colour && surroundings.out_is_terminal;
  plan.style.quiet = options.quiet;
  plan.style.verbose = options.verbose;
  plan.style.statistics = options.statistics;
  plan.style.suppressed = options.include_suppressed;
  if (surroundings.width > 0) plan.style.width = surroundings.width;
  describe_repository(std::filesystem::current_path(), surroundings, plan.style,
                      paths_of(options.input));
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

// As formats that mark files tell them; found once for all of these.
std::vector<Finding> findings_in_repository(const Plan& plan, const Report& report,
                                            const ReadMeshes& read) {
  const bool wanted = std::ranges::any_of(
      plan.outputs, [](const Output& output) { return marks_files(output.format->name); });
  if (!wanted) return {};
  Report there = in_repository(report, read.trees);
  if (writes(plan, "sarif")) add_line_hashes(there, read.loaded.documents);
  return std::move(there.findings);
}

// Reports to standard output go last, so that an unwritable file is part of what they tell. To be
// content with half an input is not to be content without the report that was asked for.
void write_reports(const Plan& plan, Report& report, const ReadMeshes& read,
                   const Surroundings& surroundings) {
  const std::vector<Finding> marked = findings_in_repository(plan, report, read);
  const auto render = [&](const Output& output) {
    ReportStyle style = plan.style;
    if (!output.file.empty()) style.colour = style.links = false;
    std::ostringstream text;
    if (marks_files(output.format->name)) {
      Report there = report;
      there.findings = marked;
      rename_files(there, find_real_names(there, style.repository));
      output.format->write(there, style, text);
    } else {
      output.format->write(report, style, text);
    }
    return std::move(text).str();
  };
  const auto failed = [&](Error error) {
    say(error, surroundings.err);
    report.errors.push_back(std::move(error));
    if (report.exit_code == Exit::clean) report.exit_code = Exit::incomplete;
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

// Reads, judges and reports. `unwritten` are errors of before, which the report tells too.
Exit judge(const AuditOptions& options, const Config& config, const Plan& plan,
           const Surroundings& surroundings, std::vector<Error> unwritten = {}) {
  auto read = read_meshes(options.input, config, surroundings);
  // What was saved is judged as on its day.
  RunOptions how = plan.run;
  if (read && !options.input.live.snapshot.empty() && options.now.empty()) {
    if (const auto day = parse_day(read->snapshot.taken.substr(0, 10))) how.today = *day;
  }
  if (!read) {
    say(read.error(), surroundings.err);
    return Exit::usage;
  }
  match_sources(how, read->trees);
  std::ranges::move(unparsed_unseen(read->loaded.findings, plan.selection, how.ignored),
                    std::back_inserter(read->loaded.errors));
  say(read->loaded.errors, surroundings.err);
  const auto files = files_judged(options.input, config, *read);
  if (const auto error = replaced_input(plan.outputs, files)) {
    say(*error, surroundings.err);
    return Exit::usage;
  }
  const bool half_mended = !unwritten.empty();
  std::ranges::move(unwritten, std::back_inserter(read->loaded.errors));
  Report report = run(read->meshes.meshes, outcome_of(*read, plan.selection), how);
  if (half_mended && report.exit_code == Exit::clean) report.exit_code = Exit::incomplete;
  report.tool_version = MESHCHECK_VERSION;
  report.clusters = describe_clusters(read->snapshot);
  forget_places(report);
  name_sources(report, read->trees);
  if (writes(plan, "sarif") && report.category.empty()) {
    report.category = chosen_category(options, plan.style);
  }
  write_reports(plan, report, *read, surroundings);
  if (report.stale != 0) {
    say(stale_entries(*plan.run.baseline, report, options), surroundings.err);
  }
  return report.exit_code;
}

// A cluster is asked for what the rules need and for nothing else.
AuditOptions narrowed(AuditOptions options, const Plan& plan) {
  LiveOptions& live = options.input.live;
  if (!live.on) return options;
  const LiveNeeds needs = needs_of(plan.run.rules);
  live.drift_unused = !(needs.everything || needs.drift);
  if (!needs.everything) live.kinds.assign(needs.kinds.begin(), needs.kinds.end());
  return options;
}

}  // namespace

Exit audit(const AuditOptions& options, const Surroundings& surroundings) {
  const ConfigRead configured = configure(options.input);
  if (!configured.errors.empty()) {
    say(configured.errors, surroundings.err);
    return Exit::usage;
  }
  if (const auto other = misnamed_config(options.input, configured.config))
    say(*other, surroundings.err);
  if (options.input.live.wanted() && (options.fix || options.diff)) {
    say(fail(options.fix ? "--fix" : "--diff", "what a cluster holds is mended in its manifests",
             "run it on them, without --live or --snapshot"),
        surroundings.err);
    return Exit::usage;
  }
  auto plan = make_plan(options, configured.config, surroundings);
  if (!plan) {
    say(plan.error(), surroundings.err);
    return Exit::usage;
  }
  std::optional<Baseline> baseline;
  if (!options.input.baseline.empty()) {
    BaselineRead file = read_baseline(options.input);
    if (!file.errors.empty()) {
      say(file.errors, surroundings.err);
      return Exit::usage;
    }
    baseline = std::move(file.baseline);
    plan->run.baseline = &*baseline;
  }
  if (!options.fix && !options.diff) {
    return judge(narrowed(options, *plan), configured.config, *plan, surroundings);
  }
  Fixed fixed = fix(options, configured.config, plan->run, plan->outputs, surroundings);
  if (fixed.done) return fixed.status;
  std::istringstream in(fixed.stdin_text);
  const Surroundings rest{in,
                          fixed.prints_stdin ? surroundings.err : surroundings.out,
                          surroundings.err,
                          surroundings.out_is_terminal && !fixed.prints_stdin,
                          surroundings.width,
                          surroundings.environment,
                          surroundings.program};
  return judge(options, configured.config, *plan, rest, std::move(fixed.errors));
}

}  // namespace meshcheck::cli
