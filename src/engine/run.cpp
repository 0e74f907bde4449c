#include "engine/run.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "engine/analyzer_fold.h"
#include "engine/fix_writer.h"
#include "engine/fold.h"
#include "engine/points.h"
#include "engine/sha256.h"

namespace meshcheck {
namespace {

struct Outcome {
  std::vector<Finding> findings;
  std::vector<RuleOutcome> rules;  // those by the mesh, in order
};

// Each of a rule's needs is a noun ("istiod", "Job or CronJob") or a flag with its value.
std::string missing(std::span<const std::string_view> needs) {
  if (needs.empty()) return "nothing in the input that this rule looks at";
  if (needs.size() > 1) {
    return fmt::format("not all of these are in the input: {}", fmt::join(needs, "; "));
  }
  return fmt::format("no {} {}", needs.front(),
                     needs.front().starts_with("--") ? "was given" : "is in the input");
}

// A rule that judged nothing and said nothing was not shown its subject.
void add_default_reason(RuleOutcome& outcome) {
  const RuleInfo& rule = *outcome.rule;
  if (!outcome.judged && outcome.skipped.empty()) {
    outcome.skipped.push_back({missing(rule.needs), {}});
  }
  for (Sink::Skipped& skipped : outcome.skipped) {
    if (skipped.needs.empty()) skipped.needs.assign(rule.needs.begin(), rule.needs.end());
  }
}

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
  RuleOutcome outcome{.rule = &rule.info, .judged = false, .skipped = {}, .used_today = false};
  for (const Mesh& mesh : meshes) {
    Sink sink(rule.info, options.today);
    rule.check(mesh, parameters, sink);
    outcome.used_today = outcome.used_today || sink.used_today();
    outcome.judged = outcome.judged || sink.judged_count() > 0;
    for (const Sink::Skipped& skipped : sink.skipped()) {
      const bool known = std::ranges::any_of(outcome.skipped, [&](const Sink::Skipped& other) {
        return other.reason == skipped.reason;
      });
      if (!known) outcome.skipped.push_back(skipped);
    }
    for (Finding& finding : sink.findings()) {
      // What was observed, and a file beside the manifests, are of no mesh's folder, and judged
      // once for all of them.
      const bool beside = is_observed(mesh, finding) || finding.object.kind == "File";
      if (!beside) finding.mesh = mesh.folder;
      findings.push_back(std::move(finding));
    }
  }
  add_default_reason(outcome);
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

void finish(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (finding.fix) {
      write_fix(*finding.fix);
      if (finding.fix->description.empty()) finding.fix.reset();
    }
    finding.logical = logical_place(finding);
    finding.fingerprint = fingerprint(finding);
  }
  std::ranges::sort(findings,
                    [](const Finding& a, const Finding& b) { return order_of(a) < order_of(b); });
  // Base and overlay may hold the same workload, and both be judged by the one autoscaler there is.
  const auto repeated = std::ranges::unique(findings, [](const Finding& a, const Finding& b) {
    return a.location && a.mesh == b.mesh && order_of(a) == order_of(b);
  });
  findings.erase(repeated.begin(), repeated.end());
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

// What the user says of findings as such, before anything is counted or joined.
void apply_configuration(std::vector<Finding>& findings, const RunOptions& options) {
  if (options.ignored) std::erase_if(findings, options.ignored);
  for (Finding& finding : findings) {
    finding.severity = chosen_severity(finding, options).value_or(finding.severity);
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

Exit exit_of(const Report& report, const RunOptions& options) {
  const bool failed =
      options.fail_on && std::ranges::any_of(report.findings, [&](const Finding& f) {
        return f.severity >= *options.fail_on;
      });
  if (failed && !options.exit_zero) return Exit::findings;
  if (!report.errors.empty() && !options.allow_incomplete) return Exit::incomplete;
  return Exit::clean;
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

  Outcome outcome;
  for (const Rule* rule : options.rules) {
    report.rules.push_back(text_of(rule->info, options));
    if (rule->check != nullptr) {
      outcome.rules.push_back(run_rule(*rule, meshes, options, outcome.findings));
    }
  }
  for (RuleText& rule : read.other_rules) {
    const auto severity = options.severities.find(rule.id);
    if (severity != options.severities.end()) rule.severity = severity->second;
    report.rules.push_back(std::move(rule));
  }
  for (Finding& finding : read.findings) {
    const bool selected = std::ranges::any_of(
        report.rules, [&](const RuleText& rule) { return rule.id == finding.rule; });
    if (selected) outcome.findings.push_back(std::move(finding));
  }
  apply_configuration(outcome.findings, options);

  if (std::ranges::any_of(outcome.rules, &RuleOutcome::used_today)) {
    report.now = to_string(options.today);
  }
  report.points = score(outcome.findings, outcome.rules);
  report.not_evaluated = not_evaluated(outcome.rules);
  const auto chosen = [&](const Finding& finding) {
    return chosen_severity(finding, options).has_value();
  };
  fold_analyzer_messages(outcome.findings, chosen);
  fold(outcome.findings, options.rules, chosen);
  finish(outcome.findings);
  report.findings = std::move(outcome.findings);
  report.exit_code = exit_of(report, options);
  return report;
}

}  // namespace meshcheck
