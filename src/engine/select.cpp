#include "engine/select.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace meshcheck {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
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

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t previous = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = previous;
    }
  }
  return row.back();
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

std::size_t best(const RuleInfo& rule, const std::vector<std::string>& words) {
  std::size_t result = 0;
  for (const std::string& word : words) result = std::max(result, exactness(rule, word));
  return result;
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
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

Result<std::vector<const Rule*>> select_rules(const Selection& selection) {
  for (const auto* words : {&selection.select, &selection.extend_select, &selection.ignore}) {
    for (const std::string& word : *words) {
      if (!names_something(word)) return unknown_rule(word);
    }
  }
  std::vector<std::string> wanted = selection.select;
  if (wanted.empty()) wanted.emplace_back("ALL");
  wanted.insert(wanted.end(), selection.extend_select.begin(), selection.extend_select.end());
  std::vector<const Rule*> rules;
  for (const Rule& rule : all_rules()) {
    if (best(rule.info, wanted) > best(rule.info, selection.ignore)) rules.push_back(&rule);
  }
  return rules;
}

}  // namespace meshcheck
