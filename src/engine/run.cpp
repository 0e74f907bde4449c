#include "engine/run.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "engine/analyzer_fold.h"
#include "engine/annotations.h"
#include "engine/evidence.h"
#include "engine/fix_writer.h"
#include "engine/fold.h"
#include "engine/operator_k8s.h"
#include "engine/points.h"
#include "engine/sha256.h"
#include "engine/suppress.h"
#include "engine/unjudged_reasons.h"

namespace meshcheck {
namespace {

struct Outcome {
  std::vector<Finding> findings;
  std::vector<RuleOutcome> rules;  // those by the mesh, in order
};

// A place in what a running mesh said, which no folder of manifests holds: where a run holds
// several meshes each would tell it once more.
bool is_observed(const Mesh& mesh, const Finding& finding) {
  if (mesh.observed == nullptr || !finding.location) return false;
  const std::string& file = finding.location->file;
  const auto is_it = [&](const auto& saved) { return saved.file == file; };
  return std::ranges::any_of(mesh.observed->proxy_status, is_it) ||
         std::ranges::any_of(mesh.observed->metrics, is_it);
}

RuleOutcome run_rule(const Rule& rule, std::span<const Mesh> meshes, const RunOptions& options,
                     std::vector<Finding>& findings) {
  static const std::vector<std::pair<std::string, std::string>> kNoOverrides;
  const auto found = options.parameters.find(rule.info.id);
  const Parameters parameters(rule.info,
                              found == options.parameters.end() ? kNoOverrides : found->second);
  RuleOutcome outcome{
      .rule = &rule.info, .judged = false, .skipped = {}, .undecided = {}, .used_today = false};
  UnjudgedReasons reasons;
  for (const Mesh& mesh : meshes) {
    Sink sink(rule.info, options.today);
    rule.check(mesh, parameters, sink);
    outcome.used_today = outcome.used_today || sink.used_today();
    outcome.judged = outcome.judged || sink.judged_count() > 0;
    for (const Sink::Skipped& skipped : sink.skipped()) reasons.add(mesh, skipped);
    if (!sink.skipped().empty()) outcome.undecided.push_back(&mesh);
    for (Finding& finding : sink.findings()) {
      // What was observed, and a file beside the manifests, are of no mesh's folder, and judged
      // once for all of them.
      const bool beside = is_observed(mesh, finding) || finding.object.kind == "File";
      if (!beside) finding.mesh = mesh.folder;
      if (finding.fix) note_changes(*finding.fix, mesh);
      findings.push_back(std::move(finding));
    }
  }
  outcome.skipped = reasons.of(rule.info, outcome.judged, meshes);
  return outcome;
}

std::string logical_place(const Finding& finding) {
  const ObjectRef& object = finding.object;
  std::string place = object.kind;
  if (!object.name_space.empty()) place += '/' + object.name_space;
  if (!object.name.empty()) place += '/' + object.name;
  if (!finding.field.empty()) place += ' ' + finding.field;
  return place;
}

auto order_of(const Finding& finding) {
  static const Location kNowhere;
  const Location& at = finding.location ? *finding.location : kNowhere;
  return std::tie(at.file, at.line, at.column, finding.rule, finding.mesh, finding.logical,
                  finding.message);
}

void identify(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    finding.logical = logical_place(finding);
    finding.fingerprint = fingerprint(finding);
  }
}

void sort(std::vector<Finding>& findings) {
  std::ranges::sort(findings,
                    [](const Finding& a, const Finding& b) { return order_of(a) < order_of(b); });
}

// Base and overlay may hold the same workload, and both be judged by the one autoscaler there is.
// The order stays: folding goes by it.
void drop_repeated(std::vector<Finding>& findings) {
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return order_of(findings[a]) < order_of(findings[b]);
  });
  std::vector<bool> repeated(findings.size());
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Finding& before = findings[order[i - 1]];
    const Finding& here = findings[order[i]];
    repeated[order[i]] =
        here.location && before.mesh == here.mesh && order_of(before) == order_of(here);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (repeated[i]) continue;
    if (kept != i) findings[kept] = std::move(findings[i]);
    ++kept;
  }
  findings.resize(kept);
}

// The severity that the user chose for a finding.
std::optional<Severity> chosen_severity(const Finding& finding, const RunOptions& options) {
  if (options.severity_there) {
    if (const auto severity = options.severity_there(finding)) return severity;
  }
  const auto severity = options.severities.find(finding.rule);
  if (severity == options.severities.end()) return std::nullopt;
  return severity->second;
}

void set_severities(std::vector<Finding>& findings, const RunOptions& options) {
  for (Finding& finding : findings) {
    finding.severity = chosen_severity(finding, options).value_or(finding.severity);
  }
}

std::vector<Suppression> suppressions_in(std::span<const Mesh> meshes, ReadOutcome& read) {
  std::vector<Suppression> all = std::move(read.suppressions);
  for (const Mesh& mesh : meshes) {
    std::ranges::move(read_annotations(mesh), std::back_inserter(all));
  }
  return all;
}

// Gives each finding its state; true where a date was held against today's.
bool suppress(std::vector<Finding>& findings, std::span<const Mesh> meshes, ReadOutcome& read,
              const Evidence& evidence, const RunOptions& options) {
  if (options.honour == Honour::none) return false;
  std::vector<Suppression> honoured = options.suppressions;
  std::vector<Suppression> others = suppressions_in(meshes, read);
  if (options.honour == Honour::all) {
    std::ranges::move(std::exchange(others, {}), std::back_inserter(honoured));
  }
  if (honoured.empty() && others.empty()) return false;
  Suppressor suppressor(std::move(honoured), std::move(others), options.today);
  suppressor.mark(findings);
  std::vector<Finding> about = suppressor.judge(evidence);
  set_severities(about, options);
  identify(about);
  std::ranges::move(about, std::back_inserter(findings));
  return suppressor.used_today();
}

bool accept_baseline(std::vector<Finding>& findings, bool all_read, const Evidence& evidence,
                     const RunOptions& options) {
  if (options.baseline == nullptr) return false;
  Baseline baseline = *options.baseline;
  baseline.sees_all = baseline.sees_all && all_read;
  follow_moved_files(baseline, findings);
  apply_baseline(baseline, evidence, options.today, findings);
  return std::ranges::any_of(baseline.entries,
                             [](const BaselineEntry& entry) { return entry.expires.has_value(); });
}

bool is_set_aside(const Finding& finding) {
  return finding.state == FindingState::suppressed || finding.state == FindingState::baselined ||
         finding.state == FindingState::fixed;
}

// Joins the findings of one cause that stand; what is set aside stays apart.
void fold_standing(std::vector<Finding>& findings, const RunOptions& options) {
  for (Finding& finding : findings) {
    if (finding.fix) prefer_settings(*finding.fix);
  }
  const auto aside = std::ranges::stable_partition(findings, std::not_fn(is_set_aside));
  std::vector<Finding> set_aside(std::make_move_iterator(aside.begin()),
                                 std::make_move_iterator(aside.end()));
  findings.erase(aside.begin(), aside.end());
  const auto chosen = [&](const Finding& finding) {
    return chosen_severity(finding, options).has_value();
  };
  fold_analyzer_messages(findings, chosen);
  fold(findings, options.rules, chosen);
  std::ranges::move(set_aside, std::back_inserter(findings));
}

void write_fixes(std::vector<Finding>& findings, std::span<const Mesh> meshes, bool raw) {
  for (Finding& finding : findings) {
    if (!finding.fix) continue;
    write_fix(*finding.fix, raw, operator_k8s(finding, meshes));
    if (finding.fix->description.empty()) finding.fix.reset();
  }
}

RuleText text_of(const RuleInfo& rule, const RunOptions& options) {
  RuleText text;
  text.id = rule.id;
  text.name = rule.name;
  text.title = rule.title;
  const auto severity = options.severities.find(rule.id);
  text.severity = severity == options.severities.end() ? rule.severity : severity->second;
  text.point = rule.point;
  text.precision = rule.precision;
  text.tags.assign(rule.tags.begin(), rule.tags.end());
  text.why = rule.why;
  text.fix = rule.fix;
  text.references.assign(rule.references.begin(), rule.references.end());
  return text;
}

std::size_t count(const Report& report, FindingState state) {
  return static_cast<std::size_t>(std::ranges::count(report.findings, state, &Finding::state));
}

// Entries of the baseline whose findings are gone do not fail the run.
bool allows_stale(const RunOptions& options) {
  return options.allow_stale || options.exit_zero || !options.fail_on;
}

Exit exit_of(const Report& report, const RunOptions& options) {
  bool failed = options.fail_on && std::ranges::any_of(report.findings, [&](const Finding& f) {
                  return !is_set_aside(f) && f.severity >= *options.fail_on;
                });
  if (!report.stale_allowed && report.stale != 0) failed = true;
  if (failed && !options.exit_zero) return Exit::findings;
  if (!report.errors.empty() && !options.allow_incomplete) return Exit::incomplete;
  return Exit::clean;
}

Outcome run_rules(std::span<const Mesh> meshes, const RunOptions& options, Report& report) {
  Outcome outcome;
  for (const Rule* rule : options.rules) {
    report.rules.push_back(text_of(rule->info, options));
    if (rule->check != nullptr) {
      outcome.rules.push_back(run_rule(*rule, meshes, options, outcome.findings));
    }
  }
  return outcome;
}

bool is_selected(const Report& report, std::string_view rule) {
  return std::ranges::find(report.rules, rule, &RuleText::id) != report.rules.end();
}

}  // namespace

std::string fingerprint(const Finding& finding) {
  const std::string_view api = finding.object.api_version;
  const std::size_t slash = api.find('/');
  const std::string_view group = slash == std::string_view::npos ? "" : api.substr(0, slash);
  return sha256_hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", finding.rule, group,
                                finding.object.kind, finding.object.name_space, finding.object.name,
                                finding.container, finding.field))
      .substr(0, 16);
}

Report run(std::span<const Mesh> meshes, ReadOutcome read, const RunOptions& options) {
  Report report;
  report.inputs = std::move(read.inputs);
  report.errors = std::move(read.errors);
  for (const Mesh& mesh : meshes) {
    if (!mesh.folder.empty()) report.meshes.push_back(mesh.folder);
  }

  Outcome outcome = run_rules(meshes, options, report);
  for (RuleText& rule : read.other_rules) {
    const auto severity = options.severities.find(rule.id);
    if (severity != options.severities.end()) rule.severity = severity->second;
    report.rules.push_back(std::move(rule));
  }
  // Whatever was to be read was.
  const bool all_read =
      report.errors.empty() &&
      std::ranges::find(read.findings, "MC001", &Finding::rule) == read.findings.end();
  for (Finding& finding : read.findings) {
    if (is_selected(report, finding.rule)) outcome.findings.push_back(std::move(finding));
  }
  std::vector<Finding>& findings = outcome.findings;
  set_severities(findings, options);
  identify(findings);
  const Evidence evidence(meshes, options.rules, outcome.rules, read.sees_code);
  const bool dated = suppress(findings, meshes, read, evidence, options);
  drop_repeated(findings);
  const bool dated_baseline = accept_baseline(findings, all_read, evidence, options);
  // Only now: what is ignored at its place was there to be suppressed and accepted, too.
  if (options.ignored) std::erase_if(findings, options.ignored);

  if (dated || dated_baseline || std::ranges::any_of(outcome.rules, &RuleOutcome::used_today)) {
    report.now = to_string(options.today);
  }
  report.points = score(findings, outcome.rules);
  report.not_evaluated = not_evaluated(outcome.rules);
  if (options.fold) fold_standing(findings, options);
  write_fixes(findings, meshes, !options.fold);
  sort(findings);
  report.findings = std::move(findings);
  report.suppressed = count(report, FindingState::suppressed);
  report.baselined = count(report, FindingState::baselined);
  report.stale = count(report, FindingState::fixed);
  report.stale_allowed = allows_stale(options);
  report.exit_code = exit_of(report, options);
  return report;
}

}  // namespace meshcheck
