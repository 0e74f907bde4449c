#include "engine/baseline.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace meshcheck {
namespace {

bool is_in_force(const BaselineEntry& entry, Day today) {
  return !entry.expires || today <= *entry.expires;
}

using Places = std::unordered_map<std::string_view, std::vector<std::size_t>>;

// By fingerprint: the findings that are there, in the order of their places.
Places places_of(const std::vector<Finding>& findings) {
  Places places;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Finding& finding = findings[i];
    if (finding.state == FindingState::fixed || !can_be_accepted(finding.rule)) continue;
    places[finding.fingerprint].push_back(i);
  }
  for (auto& [fingerprint, found] : places) {
    std::ranges::stable_sort(found, {}, [&](std::size_t i) { return findings[i].location; });
  }
  return places;
}

// Known to be gone: all that the baseline is about was read, and either the object is no longer
// there or the rule decided about all there is.
bool is_stale(const BaselineEntry& entry, const Baseline& baseline, const Evidence& evidence) {
  if (!baseline.sees_all || !evidence.selected(entry.rule)) return false;
  if (entry.file_gone || evidence.decided(entry.rule, entry.object)) return true;
  const Rule* rule = find_rule(entry.rule);
  const bool by_flag = rule != nullptr && std::ranges::any_of(rule->info.needs, [](auto need) {
                         return need.starts_with("--");
                       });
  if (by_flag) return false;  // what a running mesh said is in no file
  const bool is_object = !entry.object.api_version.empty() && !entry.object.name.empty();
  return is_object && !evidence.has(entry.object);
}

Finding fixed(const BaselineEntry& entry, std::size_t found) {
  Finding finding;
  finding.rule = entry.rule;
  const Rule* rule = find_rule(entry.rule);
  if (rule != nullptr) {
    finding.name = rule->info.name;
    finding.severity = rule->info.severity;
  }
  const std::string since = to_string(entry.added);
  finding.message =
      found == 0
          ? fmt::format("what the baseline accepts since {} is gone", since)
          : fmt::format("of {} findings that the baseline accepts since {} {} left", entry.count,
                        since, found == 1 ? "1 is" : fmt::format("{} are", found));
  finding.object = entry.object;
  finding.field = entry.field;
  finding.location = entry.where;
  finding.fingerprint = entry.fingerprint;
  finding.state = FindingState::fixed;
  return finding;
}

void note(Finding& finding, const BaselineEntry& entry, std::string message) {
  Related related;
  related.message = std::move(message);
  related.location = entry.where;
  finding.related.push_back(std::move(related));
}

// `found` are the findings of the entry's fingerprint.
void accept_into(const BaselineEntry& entry, bool in_force, const std::vector<std::size_t>& found,
                 std::vector<Finding>& findings) {
  std::size_t left = entry.count;
  for (const std::size_t i : found) {
    Finding& finding = findings[i];
    if (finding.state == FindingState::suppressed) {
      left -= std::min<std::size_t>(left, 1);
      continue;
    }
    if (!in_force) {
      note(finding, entry,
           fmt::format("the baseline accepted this until {}", to_string(*entry.expires)));
    } else if (left == 0) {
      note(finding, entry,
           fmt::format("the baseline accepts {} of this, and there are {}; this may be the new one",
                       entry.count, found.size()));
    } else {
      --left;
      finding.state = FindingState::baselined;
      finding.justification = entry.reason;
    }
  }
}

void sort(std::vector<BaselineEntry>& entries) {
  std::ranges::sort(entries, {}, [](const BaselineEntry& entry) {
    return std::tie(entry.rule, entry.object.kind, entry.object.name_space, entry.object.name,
                    entry.field, entry.fingerprint);
  });
}

BaselineEntry entry_of(const Finding& finding, const Acceptance& how) {
  BaselineEntry entry;
  entry.fingerprint = finding.fingerprint;
  entry.count = 0;
  entry.rule = finding.rule;
  entry.object = finding.object;
  entry.field = finding.field;
  entry.added = how.today;
  entry.expires = how.expires;
  entry.reason = how.reason;
  return entry;
}

}  // namespace

bool can_be_accepted(std::string_view rule) {
  constexpr std::array<std::string_view, 6> kNever = {"MC001", "MC002", "MC003",
                                                      "MC004", "MC005", "MC006"};
  return std::ranges::find(kNever, rule) == kNever.end();
}

void follow_moved_files(Baseline& baseline, const std::vector<Finding>& findings) {
  const Places places = places_of(findings);
  std::set<std::string> known;
  for (const BaselineEntry& entry : baseline.entries) known.insert(entry.fingerprint);
  const auto name_of = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  for (BaselineEntry& entry : baseline.entries) {
    if (!entry.file_gone || places.contains(entry.fingerprint)) continue;
    const Finding* moved = nullptr;
    for (const Finding& finding : findings) {
      if (finding.rule != entry.rule || finding.field != entry.field ||
          finding.object.kind != entry.object.kind || known.contains(finding.fingerprint) ||
          !finding.object.api_version.empty()) {
        continue;
      }
      const bool same_name = name_of(finding.object.name) == name_of(entry.object.name);
      if (moved == nullptr || same_name) moved = &finding;
      if (same_name) break;
    }
    if (moved == nullptr) continue;
    entry.fingerprint = moved->fingerprint;
    entry.object = moved->object;
    entry.file_gone = false;
    known.insert(entry.fingerprint);
  }
}

void apply_baseline(const Baseline& baseline, const Evidence& evidence, Day today,
                    std::vector<Finding>& findings) {
  const Places places = places_of(findings);
  std::vector<Finding> gone;
  static const std::vector<std::size_t> kNone;
  for (const BaselineEntry& entry : baseline.entries) {
    const auto at = places.find(entry.fingerprint);
    const std::vector<std::size_t>& found = at == places.end() ? kNone : at->second;
    accept_into(entry, is_in_force(entry, today), found, findings);
    if (found.size() < entry.count && is_stale(entry, baseline, evidence)) {
      gone.push_back(fixed(entry, found.size()));
    }
  }
  std::ranges::move(gone, std::back_inserter(findings));
}

std::vector<EntryState> states_of(const Baseline& baseline, const std::vector<Finding>& findings,
                                  Day today) {
  const Places places = places_of(findings);
  std::set<std::string_view> stale;
  for (const Finding& finding : findings) {
    if (finding.state == FindingState::fixed) stale.insert(finding.fingerprint);
  }
  std::vector<EntryState> states;
  for (const BaselineEntry& entry : baseline.entries) {
    EntryState& state = states.emplace_back();
    const auto at = places.find(entry.fingerprint);
    if (at != places.end()) state.found = at->second.size();
    if (stale.contains(entry.fingerprint)) {
      state.kind = EntryState::Kind::stale;
    } else if (!is_in_force(entry, today)) {
      state.kind = EntryState::Kind::expired;
    } else if (state.found < entry.count) {
      state.kind = EntryState::Kind::unseen;
    }
  }
  return states;
}

std::vector<BaselineEntry> prune(const Baseline& baseline, std::span<const EntryState> states) {
  std::vector<BaselineEntry> kept;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const bool stale = states[i].kind == EntryState::Kind::stale;
    if (stale && states[i].found == 0) continue;
    kept.push_back(baseline.entries[i]);
    if (stale) kept.back().count = states[i].found;
  }
  sort(kept);
  return kept;
}

Accepted accept(const Baseline& baseline, const std::vector<Finding>& findings,
                const Acceptance& how) {
  Accepted out;
  out.entries = prune(baseline, states_of(baseline, findings, how.today));
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < out.entries.size(); ++i) {
    known.emplace(out.entries[i].fingerprint, i);
  }
  for (const Finding& finding : findings) {
    if (finding.state != FindingState::none) continue;
    if (!can_be_accepted(finding.rule)) {
      out.refused.push_back(&finding);
      continue;
    }
    const auto [at, is_new] = known.emplace(finding.fingerprint, out.entries.size());
    if (is_new) out.entries.push_back(entry_of(finding, how));
    BaselineEntry& entry = out.entries[at->second];
    if (!is_in_force(entry, how.today)) entry = entry_of(finding, how);
    ++entry.count;
    ++out.added;
  }
  sort(out.entries);
  return out;
}

}  // namespace meshcheck
