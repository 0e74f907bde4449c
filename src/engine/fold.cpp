#include "engine/fold.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace meshcheck {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

bool same_subject(const Finding& a, const Finding& b) {
  if (a.mesh != b.mesh) return false;
  if (!a.subject.empty() || !b.subject.empty()) return a.subject == b.subject;
  return a.object == b.object;
}

const RuleInfo* info_of(std::span<const Rule* const> rules, std::string_view id) {
  for (const Rule* rule : rules) {
    if (rule->info.id == id) return &rule->info;
  }
  return nullptr;
}

// The finding that `findings[i]` joins directly, or kNone.
std::size_t parent_of(const std::vector<Finding>& findings, std::size_t i,
                      std::span<const Rule* const> rules) {
  const RuleInfo* rule = info_of(rules, findings[i].rule);
  if (rule == nullptr) return kNone;
  for (const std::string_view target : rule->folds_into) {
    for (std::size_t j = 0; j < findings.size(); ++j) {
      if (j != i && findings[j].rule == target && findings[j].severity >= findings[i].severity &&
          same_subject(findings[i], findings[j])) {
        return j;
      }
    }
  }
  return kNone;
}

void add_fix(Finding& survivor, Finding& folded) {
  if (!folded.fix) return;
  if (!survivor.fix) {
    survivor.fix = std::move(folded.fix);
    return;
  }
  Fix& fix = *survivor.fix;
  for (Setting& setting : folded.fix->settings) {
    const bool known =
        std::ranges::any_of(fix.settings, [&](const Setting& s) { return s.key == setting.key; });
    if (!known) fix.settings.push_back(std::move(setting));
  }
  if (!folded.fix->patch.empty() && fix.patch.find(folded.fix->patch) == std::string::npos) {
    if (!fix.patch.empty()) fix.patch += "---\n";
    fix.patch += folded.fix->patch;
  }
}

void absorb(Finding& survivor, Finding& folded) {
  Related related;
  related.message = std::move(folded.message);
  related.location = std::move(folded.location);
  related.object = std::move(folded.object);
  related.rule = folded.rule;
  survivor.related.push_back(std::move(related));
  add_fix(survivor, folded);
}

}  // namespace

void fold(std::vector<Finding>& findings, std::span<const Rule* const> rules) {
  std::vector<std::size_t> parents(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) parents[i] = parent_of(findings, i, rules);

  std::vector<Finding> kept;
  std::vector<std::size_t> place(findings.size(), kNone);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (parents[i] != kNone) continue;
    place[i] = kept.size();
    kept.push_back(std::move(findings[i]));
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (parents[i] == kNone) continue;
    std::size_t root = parents[i];
    while (parents[root] != kNone) root = parents[root];
    absorb(kept[place[root]], findings[i]);
  }
  findings = std::move(kept);
}

}  // namespace meshcheck
