#include "engine/fold.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "engine/merge_patches.h"
#include "meshcheck/quantity.h"

namespace meshcheck {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// What a finding is about, as text: its subject, else its object.
std::string key_of(std::string_view rule, const Finding& finding) {
  const ObjectRef& object = finding.object;
  if (!finding.subject.empty()) {
    return fmt::format("{}\n{}\n{}", rule, finding.mesh, finding.subject);
  }
  // What a rule says of something in a namespace joins what another says of the Namespace.
  if (object.kind == "Namespace") {
    return fmt::format("{}\n{}\nnamespace/{}", rule, finding.mesh, object.name);
  }
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", rule, finding.mesh, object.api_version,
                     object.kind, object.name_space, object.name, object.revision);
}

// The first finding of each rule about each subject; a mesh may have thousands.
using Subjects = std::unordered_map<std::string, std::size_t>;

const RuleInfo* info_of(std::span<const Rule* const> rules, std::string_view id) {
  for (const Rule* rule : rules) {
    if (rule->info.id == id) return &rule->info;
  }
  return nullptr;
}

// The finding that this one joins directly, or kNone.
std::size_t parent_of(const Finding& finding, const Subjects& subjects,
                      std::span<const Rule* const> rules) {
  const RuleInfo* rule = info_of(rules, finding.rule);
  if (rule == nullptr) return kNone;
  for (const std::string_view target : rule->folds_into) {
    const auto found = subjects.find(key_of(target, finding));
    if (found != subjects.end()) return found->second;
  }
  return kNone;
}

// The survivor's value stays, but for a maximum, which must have room for every minimum.
void add_setting(Fix& fix, Setting setting) {
  const auto known = std::ranges::find(fix.settings, setting.key, &Setting::key);
  if (known == fix.settings.end()) {
    fix.settings.push_back(std::move(setting));
    return;
  }
  const auto present = Quantity::parse(known->value);
  const auto other = Quantity::parse(setting.value);
  if (setting.key == "autoscaleMax" && present && other && *other > *present) {
    known->value = std::move(setting.value);
  }
}

void add_fix(Finding& survivor, Finding& folded) {
  if (!folded.fix) return;
  if (!survivor.fix) {
    survivor.fix = std::move(folded.fix);
    return;
  }
  Fix& fix = *survivor.fix;
  for (Setting& setting : folded.fix->settings) add_setting(fix, std::move(setting));
  fix.patch = merge_patches(fix.patch, folded.fix->patch);
  for (ObjectRef& object : folded.fix->changes) {
    if (std::ranges::count(fix.changes, object) == 0) fix.changes.push_back(std::move(object));
  }
}

// Where each finding ends up: itself, or the one at the end of its parents.
std::vector<std::size_t> roots_of(const std::vector<Finding>& findings,
                                  const std::vector<std::size_t>& parents,
                                  const std::function<bool(const Finding&)>& chosen) {
  std::vector<std::size_t> roots(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    std::size_t root = i;
    while (parents[root] != kNone) root = parents[root];
    const bool hides =
        findings[root].severity < findings[i].severity && chosen && chosen(findings[root]);
    roots[i] = hides ? i : root;
  }
  return roots;
}

}  // namespace

void absorb(Finding& survivor, Finding& folded) {
  survivor.severity = std::max(survivor.severity, folded.severity);
  Related related;
  related.message = std::move(folded.message);
  related.location = std::move(folded.location);
  related.object = std::move(folded.object);
  related.rule = folded.rule;
  survivor.related.push_back(std::move(related));
  add_fix(survivor, folded);
}

void fold(std::vector<Finding>& findings, std::span<const Rule* const> rules,
          const std::function<bool(const Finding&)>& chosen) {
  Subjects subjects;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    subjects.emplace(key_of(findings[i].rule, findings[i]), i);
  }
  std::vector<std::size_t> parents(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    parents[i] = parent_of(findings[i], subjects, rules);
  }
  const std::vector<std::size_t> roots = roots_of(findings, parents, chosen);

  std::vector<Finding> kept;
  std::vector<std::size_t> place(findings.size(), kNone);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (roots[i] != i) continue;
    place[i] = kept.size();
    kept.push_back(std::move(findings[i]));
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (roots[i] != i) absorb(kept[place[roots[i]]], findings[i]);
  }
  findings = std::move(kept);
}

}  // namespace meshcheck
