#include "engine/select.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <numeric>
#include <utility>

namespace meshcheck {
namespace {

constexpr std::string_view kAnalyzer = "istioctl-analyze";

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// How exactly `word` names the code of istioctl analyze, as exactness() has it for a rule.
std::size_t exactness(std::string_view id, std::string_view word) {
  const std::string code = upper(word);
  if (code == "ALL") return 1;
  if (word == kAnalyzer) return 2;
  return code.size() >= 3 && id.starts_with(code) ? 2 + code.size() : 0;
}

// How exactly `word` names the rule: 0 not at all, 1 ALL, 2 a tag, more for longer prefixes.
std::size_t exactness(const RuleInfo& rule, std::string_view word) {
  const std::string code = upper(word);
  if (code == "ALL") return 1;
  if (std::ranges::find(rule.tags, word) != rule.tags.end()) return 2;
  if (rule.name == word) return 2 + rule.id.size();
  if (code.size() >= 2 && rule.id.starts_with(code)) return 2 + code.size();
  return 0;
}

// Letters added, left out, changed, or two neighbours swapped ("audti").
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, std::move(row));
  }
  return last.back();
}

bool names_something(std::string_view word) {
  return std::ranges::any_of(all_rules(),
                             [&](const Rule& rule) { return exactness(rule.info, word) > 0; });
}

Error unknown_rule(const std::string& word) {
  std::vector<std::string> candidates;
  for (const Rule& rule : all_rules()) {
    candidates.emplace_back(rule.info.id);
    candidates.emplace_back(rule.info.name);
    candidates.insert(candidates.end(), rule.info.tags.begin(), rule.info.tags.end());
  }
  std::string near = nearest(word, candidates);
  if (near.empty()) near = nearest(upper(word), candidates);
  return fail(word, fmt::format("no rule, prefix or tag is called `{}`", word),
              near.empty()
                  ? "`meshcheck rules` lists them all"
                  : fmt::format("did you mean `{}`? `meshcheck rules` lists them all", near));
}

struct Vote {
  std::size_t weight = 0;  // 0: none of the words names the rule
  DecidedBy by = DecidedBy::nothing;
  std::string_view word;
};

// The most exact of the words; between words equally exact a flag weighs more.
template <class Named>
Vote vote(const Named& rule, const std::vector<std::string>& words, DecidedBy by, bool flag) {
  Vote best;
  for (const std::string& word : words) {
    const std::size_t exact = exactness(rule, word);
    if (exact == 0) continue;
    const std::size_t weight = 2 * exact + (flag ? 1 : 0);
    if (weight > best.weight) best = {weight, by, word};
  }
  return best;
}

Vote heaviest(std::initializer_list<Vote> votes) {
  return std::ranges::max(votes, {}, &Vote::weight);
}

struct Decision {
  bool selected = false;
  Vote decisive;
};

template <class Named>
Decision decide(const Named& rule, const Selection& selection) {
  static const std::vector<std::string> kAll = {"ALL"};
  static const std::vector<std::string> kNone;
  const bool standard = selection.configured_select.empty();
  const std::vector<std::string>& configured = standard ? kAll : selection.configured_select;
  const Vote selected =
      heaviest({vote(rule, selection.select, DecidedBy::select, true),
                vote(rule, selection.extend_select, DecidedBy::extend_select, true),
                vote(rule, selection.select.empty() ? configured : kNone,
                     standard ? DecidedBy::standard : DecidedBy::configured_select, false)});
  const Vote ignored =
      heaviest({vote(rule, selection.ignore, DecidedBy::ignore, true),
                vote(rule, selection.configured_ignore, DecidedBy::configured_ignore, false)});
  const bool runs = selected.weight > ignored.weight;
  const Vote& decisive = runs || ignored.weight == 0 || selected.weight == 0 ? selected : ignored;
  return {runs, decisive};
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  // What somebody began to type is meant before what is spelt alike.
  const auto begins = [&](const std::string& candidate) { return candidate.starts_with(word); };
  if (word.size() >= 3 && std::ranges::count_if(candidates, begins) == 1) {
    return *std::ranges::find_if(candidates, begins);
  }
  std::string found;
  std::size_t found_distance = 1 + std::max<std::size_t>(1, word.size() / 3);
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < found_distance) {
      found = candidate;
      found_distance = distance;
    }
  }
  return found;
}

const Rule* find_rule_by_word(std::string_view word) {
  const Rule* rule = find_rule(word);
  return rule != nullptr ? rule : find_rule(upper(word));
}

std::optional<Error> check_rule_word(const std::string& word) {
  if (names_something(word) || names_codes(word)) return std::nullopt;
  return unknown_rule(word);
}

bool names_codes(std::string_view word) {
  if (word == kAnalyzer) return true;
  const std::string code = upper(word);
  return code.starts_with("IST") && code.size() <= 7 &&
         code.find_first_not_of("0123456789", 3) == std::string::npos;
}

bool selects_code(const Selection& selection, std::string_view code) {
  return decide(code, selection).selected;
}

Result<std::vector<RuleDecision>> decide_rules(const Selection& selection) {
  for (const auto* words : {&selection.select, &selection.extend_select, &selection.ignore,
                            &selection.configured_select, &selection.configured_ignore}) {
    for (const std::string& word : *words) {
      if (const auto error = check_rule_word(word)) return *error;
    }
  }
  std::vector<RuleDecision> decisions;
  for (const Rule& rule : all_rules()) {
    const auto [selected, decisive] = decide(rule.info, selection);
    decisions.push_back({&rule, selected, decisive.by, std::string(decisive.word)});
  }
  return decisions;
}

Result<std::vector<const Rule*>> select_rules(const Selection& selection) {
  const auto decisions = decide_rules(selection);
  if (!decisions) return decisions.error();
  std::vector<const Rule*> rules;
  for (const RuleDecision& decision : *decisions) {
    if (decision.selected) rules.push_back(decision.rule);
  }
  return rules;
}

}  // namespace meshcheck
