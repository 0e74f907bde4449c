// meshcheck baseline write|check|prune
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/analyzer_findings.h"
#include "cli/baseline_file.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/misnamed_config.h"
#include "cli/output.h"
#include "cli/plan.h"
#include "cli/read.h"
#include "cli/rendered_places.h"
#include "engine/run.h"
#include "engine/select.h"

namespace meshcheck::cli {
namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string entries(std::size_t count) { return counted(count, "entry", "entries"); }

std::optional<Error> check_action(const BaselineOptions& options) {
  const std::string& action = options.action;
  if (action != "write" && action != "check" && action != "prune") {
    const std::string near = nearest(action, {"write", "check", "prune"});
    return fail("", fmt::format("`{}` is not write, check or prune", action),
                near.empty()
                    ? fmt::format("write the action first: meshcheck baseline write {}", action)
                    : fmt::format("did you mean `{}`?", near));
  }
  if (action != "write" && (!options.ttl.empty() || !options.reason.empty())) {
    return fail(
        options.ttl.empty() ? "--reason" : "--ttl",
        fmt::format("only `baseline write` takes {}", options.ttl.empty() ? "--reason" : "--ttl"));
  }
  return std::nullopt;
}

// "30d" or "6w" from today; to the end of that day.
Result<std::optional<Day>> parse_ttl(const std::string& text, Day today) {
  if (text.empty()) return std::optional<Day>{};
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool unit =
      read.ec == std::errc() && end - read.ptr == 1 && (*read.ptr == 'd' || *read.ptr == 'w');
  if (!unit || number < 1 || number > 3650) {
    return fail("--ttl", fmt::format("`{}` is no span of days or weeks", text),
                "write it as 30d or 6w");
  }
  return std::optional<Day>{today + std::chrono::days(*read.ptr == 'w' ? 7 * number : number)};
}

struct Work {
  const BaselineOptions& options;
  const Surroundings& surroundings;
  RunOptions run;
  Baseline baseline;
  Acceptance acceptance;
};

Exit save(const Work& work, const Baseline& changed, const std::string& told) {
  const std::string path = baseline_path(work.options.audit.input);
  if (auto error = write_whole(path, write_baseline(changed))) {
    say(*error, work.surroundings.err);
    return Exit::incomplete;
  }
  say_line(told, work.surroundings.out);
  return Exit::clean;
}

// What of the findings no entry can be made of, and why.
std::string refusal(const Accepted& accepted) {
  if (accepted.refused.empty()) return {};
  std::set<std::string_view> rules;
  for (const Finding* finding : accepted.refused) rules.insert(finding->rule);
  return fmt::format(
      "; {} cannot be accepted ({}): what was not read is unknown, and a suppression "
      "that is wrong is to be mended",
      counted(accepted.refused.size(), "finding", "findings"), fmt::join(rules, ", "));
}

Exit write(const Work& work, const Report& report) {
  Accepted accepted = accept(work.baseline, report.findings, work.acceptance);
  Baseline changed = work.baseline;
  for (std::string& path : paths_from_baseline(work.options.audit.input)) {
    const bool known = std::ranges::find(changed.paths, path) != changed.paths.end();
    if (!known) changed.paths.push_back(std::move(path));
  }
  std::ranges::sort(changed.paths);
  changed.entries = std::move(accepted.entries);
  std::string told =
      fmt::format("{}: {}, {} accepted now", changed.file, entries(changed.entries.size()),
                  counted(accepted.added, "finding", "findings"));
  if (report.stale != 0) told += fmt::format(", {} dropped", entries(report.stale));
  told += refusal(accepted);
  for (const Finding* finding : accepted.refused) {
    if (finding->severity == Severity::info) continue;  // a chart's folder has hundreds of MC006
    const Location where = finding->location.value_or(Location{});
    say(fail("", fmt::format("{}:{}: {} cannot be accepted: {}", where.file, where.line,
                             finding->rule, finding->message)),
        work.surroundings.err);
  }
  return save(work, changed, told);
}

Exit prune(const Work& work, std::span<const EntryState> states) {
  Baseline changed = work.baseline;
  changed.entries = prune(work.baseline, states);
  const auto stale = static_cast<std::size_t>(
      std::ranges::count(states, EntryState::Kind::stale, &EntryState::kind));
  const auto unseen = static_cast<std::size_t>(
      std::ranges::count(states, EntryState::Kind::unseen, &EntryState::kind));
  std::string told =
      fmt::format("{}: {} stale, {} left", changed.file, stale, changed.entries.size());
  if (unseen != 0) {
    told += fmt::format("; of {} this run cannot tell", entries(unseen));
  }
  if (stale == 0) {
    say_line(told, work.surroundings.out);
    return Exit::clean;
  }
  return save(work, changed, told);
}

std::string_view word(EntryState::Kind kind) {
  switch (kind) {
    case EntryState::Kind::in_force: return "in force";
    case EntryState::Kind::expired: return "expired";
    case EntryState::Kind::stale: return "stale";
    case EntryState::Kind::unseen: return "not judged";
  }
  return "";
}

Exit check(const Work& work, std::span<const EntryState> states, const Report& report) {
  using Kind = EntryState::Kind;
  std::ostream& out = work.surroundings.out;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Kind kind = states[i].kind;
    if (kind != Kind::stale && kind != Kind::expired) continue;
    const BaselineEntry& entry = work.baseline.entries[i];
    std::string line = fmt::format("{}:{}:{}: {}: {}", entry.where.file, entry.where.line,
                                   entry.where.column, word(kind), describe(entry));
    if (kind == Kind::expired) line += fmt::format(" (until {})", to_string(*entry.expires));
    if (kind == Kind::stale && states[i].found != 0) {
      line += fmt::format(" (accepts {}, {} left)", entry.count, states[i].found);
    }
    say_line(line, out);
  }
  std::string counts;
  for (const Kind kind : {Kind::in_force, Kind::expired, Kind::stale, Kind::unseen}) {
    const auto count = std::ranges::count(states, kind, &EntryState::kind);
    if (count != 0) counts += fmt::format(", {} {}", count, word(kind));
  }
  const auto standing = static_cast<std::size_t>(
      std::ranges::count(report.findings, FindingState::none, &Finding::state));
  say_line(fmt::format("{}: {}{}; {} not accepted", work.baseline.file, entries(states.size()),
                       counts, counted(standing, "finding is", "findings are")),
           out);
  const bool allowed = work.options.audit.allow_stale_baseline;
  const bool wrong = std::ranges::any_of(states, [&](const EntryState& state) {
    return state.kind == Kind::expired || (state.kind == Kind::stale && !allowed);
  });
  return wrong ? Exit::findings : Exit::clean;
}

// Where there is none yet, `write` begins one; so it does where it writes to a device or a pipe.
std::vector<Error> read_file(Work& work) {
  const InputOptions& input = work.options.audit.input;
  std::error_code failure;
  const auto status = std::filesystem::status(baseline_path(input), failure);
  const bool folder = std::filesystem::is_directory(status);
  if (work.options.action == "write" && !folder && !std::filesystem::is_regular_file(status)) {
    work.baseline.file = baseline_path(input);
    return {};
  }
  BaselineRead read = read_baseline(input);
  work.baseline = std::move(read.baseline);
  return std::move(read.errors);
}

Exit act(Work& work, const Report& report) {
  follow_moved_files(work.baseline, report.findings);
  if (work.options.action == "write") return write(work, report);
  const std::vector<EntryState> states = states_of(work.baseline, report.findings, work.run.today);
  return work.options.action == "prune" ? prune(work, states) : check(work, states, report);
}

}  // namespace

Exit baseline(const BaselineOptions& options, const Surroundings& surroundings) {
  const auto refuse = [&](const auto& errors) {
    say(errors, surroundings.err);
    return Exit::usage;
  };
  if (const auto error = check_action(options)) return refuse(*error);
  const ConfigRead configured = configure(options.audit.input);
  if (!configured.errors.empty()) return refuse(configured.errors);
  if (const auto other = misnamed_config(options.audit.input, configured.config))
    say(*other, surroundings.err);
  auto plan = plan_run(options.audit, configured.config, surroundings);
  if (!plan) return refuse(plan.error());
  Work work{options, surroundings, std::move(plan->run), {}, {}};
  work.run.fold = false;
  auto expires = parse_ttl(options.ttl, work.run.today);
  if (!expires) return refuse(expires.error());
  work.acceptance = {work.run.today, *expires, options.reason};
  if (const auto errors = read_file(work); !errors.empty()) return refuse(errors);
  work.run.baseline = &work.baseline;

  auto read = read_meshes(options.audit.input, configured.config, surroundings);
  if (!read) return refuse(read.error());
  match_sources(work.run, read->trees);
  say(read->loaded.errors, surroundings.err);
  // Half of what was to be read makes a baseline that fails as soon as the rest is.
  if (!read->loaded.errors.empty() && !options.audit.allow_incomplete) return Exit::incomplete;
  return act(work,
             meshcheck::run(read->meshes.meshes, outcome_of(*read, plan->selection), work.run));
}

}  // namespace meshcheck::cli
