#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/line_hashes.h"
#include "cli/output.h"
#include "cli/read.h"
#include "engine/run.h"
#include "engine/select.h"

namespace meshcheck::cli {
namespace {

Result<std::optional<Severity>> parse_fail_on(const std::string& word) {
  if (word == "never") return std::optional<Severity>{};
  for (const Severity severity : {Severity::info, Severity::warning, Severity::error}) {
    if (word == to_string(severity)) return std::optional<Severity>{severity};
  }
  const std::string near = nearest(word, {"error", "warning", "info", "never"});
  return fail("--fail-on", fmt::format("`{}` is not error, warning, info or never", word),
              near.empty() ? "" : fmt::format("did you mean `{}`?", near));
}

bool is_date(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U, 8U, 9U}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  const int month = std::stoi(text.substr(5, 2));
  const int day = std::stoi(text.substr(8, 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// What the flags mean, checked before anything is read.
struct Plan {
  std::vector<Output> outputs;
  RunOptions run;
  ReportStyle style;
};

Result<Plan> make_plan(const AuditOptions& options, const Surroundings& surroundings) {
  Plan plan;
  auto outputs = parse_outputs(options.outputs);
  if (!outputs) return outputs.error();
  plan.outputs = std::move(*outputs);
  auto selected = select_rules(options.selection);
  if (!selected) return selected.error();
  // A run of no rule would pass whatever it is shown.
  if (selected->empty()) {
    return fail("--ignore", "no rule is left to run", "--ignore takes away all that was selected");
  }
  plan.run.rules = std::move(*selected);
  auto fail_on = parse_fail_on(options.fail_on);
  if (!fail_on) return fail_on.error();
  plan.run.fail_on = *fail_on;
  plan.run.exit_zero = options.exit_zero;
  plan.run.allow_incomplete = options.allow_incomplete;
  if (!options.now.empty() && !is_date(options.now)) {
    return fail("--now", fmt::format("`{}` is no date", options.now), "write it as 2026-11-22");
  }
  const auto colour = wants_colour(options.colour, surroundings);
  if (!colour) return colour.error();
  plan.style.colour = *colour;
  plan.style.links = *colour && surroundings.out_is_terminal;
  plan.style.quiet = options.quiet;
  plan.style.verbose = options.verbose;
  plan.style.statistics = options.statistics;
  if (surroundings.width > 0) plan.style.width = surroundings.width;
  return plan;
}

// Reports to standard output go last, so that an unwritable file is part of what they tell.
void write_reports(const Plan& plan, Report& report, const Surroundings& surroundings) {
  const auto render = [&](const Output& output) {
    ReportStyle style = plan.style;
    if (!output.file.empty()) style.colour = style.links = false;
    std::ostringstream text;
    output.format->write(report, style, text);
    return std::move(text).str();
  };
  for (const Output& output : plan.outputs) {
    if (output.file.empty()) continue;
    if (auto error = write_whole(output.file, render(output))) {
      say(*error, surroundings.err);
      report.errors.push_back(std::move(*error));
      if (report.exit_code == Exit::clean && !plan.run.allow_incomplete) {
        report.exit_code = Exit::incomplete;
      }
    }
  }
  for (const Output& output : plan.outputs) {
    if (output.file.empty()) surroundings.out << render(output);
  }
  surroundings.out.flush();
}

}  // namespace

Exit audit(const AuditOptions& options, const Surroundings& surroundings) {
  auto plan = make_plan(options, surroundings);
  if (!plan) {
    say(plan.error(), surroundings.err);
    return Exit::usage;
  }
  auto read = read_meshes(options.input, surroundings);
  if (!read) {
    say(read.error(), surroundings.err);
    return Exit::usage;
  }
  for (const Error& error : read->loaded.errors) say(error, surroundings.err);
  ReadOutcome outcome{std::move(read->loaded.findings), std::move(read->loaded.errors),
                      std::move(read->loaded.inputs)};
  Report report = run(read->meshes.meshes, std::move(outcome), plan->run);
  report.tool_version = MESHCHECK_VERSION;
  const bool sarif = std::ranges::any_of(
      plan->outputs, [](const Output& output) { return output.format->name == "sarif"; });
  if (sarif) add_line_hashes(report, read->loaded.documents);
  write_reports(*plan, report, surroundings);
  return report.exit_code;
}

}  // namespace meshcheck::cli
