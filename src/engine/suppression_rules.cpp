// MC002 to MC005: a suppression that silently does nothing is worse than none.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "engine/select.h"
#include "engine/suppress.h"

namespace meshcheck {
namespace {

bool looks_like_an_id(std::string_view word) {
  return word.size() == 5 && std::toupper(static_cast<unsigned char>(word[0])) == 'M' &&
         std::toupper(static_cast<unsigned char>(word[1])) == 'C' &&
         std::all_of(word.begin() + 2, word.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string suggestion(const std::string& word) {
  std::vector<std::string> known;
  for (const Rule& rule : all_rules()) {
    if (rule.info.by == RuleBy::engine) continue;
    known.emplace_back(rule.info.id);
    known.emplace_back(rule.info.name);
  }
  std::string near = nearest(word, known);
  std::string upper = word;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (near.empty()) near = nearest(upper, known);
  if (near.empty()) return "Name a rule by its ID or name; `meshcheck rules` lists them.";
  return fmt::format("Did you mean {}? `meshcheck rules` lists them.", near);
}

}  // namespace

class Suppressor::Judge {
 public:
  explicit Judge(const Evidence& evidence) : evidence_(evidence) {}

  void look_at(const Entry& entry) {
    if (!entry.said.malformed.empty()) {
      add("MC002", entry, "", fmt::format("this suppresses nothing: {}", entry.said.malformed));
      return;
    }
    std::vector<std::string_view> in_use;
    for (std::size_t i = 0; i < entry.words.size(); ++i) {
      const Word& word = entry.words[i];
      if (word.rule.empty()) {
        unknown(entry, entry.said.rules[i]);
      } else if (is_unused(entry, word)) {
        unused(entry, word);
      } else {
        in_use.emplace_back(word.rule);
      }
    }
    if (in_use.empty()) return;
    if (entry.unreadable || entry.expired) ended(entry, in_use);
    if (entry.said.reason.empty()) without_reason(entry, in_use);
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void unknown(const Entry& entry, const std::string& word) {
    const Rule* rule = find_rule_by_word(word);
    if (rule != nullptr) {
      add("MC002", entry, word,
          fmt::format("{} cannot be suppressed: it speaks of suppressions themselves",
                      rule->info.id),
          "Do what it asks, or turn it off with `ignore` in meshcheck.yaml.");
    } else if (!check_rule_word(word)) {
      add("MC002", entry, word,
          fmt::format("`{}` names several rules; a suppression names each", word),
          "Write the IDs of the findings that are meant, or use `overrides` in meshcheck.yaml.");
    } else {
      const std::string_view known =
          looks_like_an_id(word) ? ": it is retired, or of another version" : "";
      add("MC002", entry, word, fmt::format("no rule is called `{}`{}", word, known),
          suggestion(word));
    }
  }

  // Known to meet nothing, and not only unseen: the rule judged all there is, and the subject, if
  // it has a name, was in the input.
  bool is_unused(const Entry& entry, const Word& word) const {
    if (word.used || !evidence_.decided(word.rule, entry.said.object)) return false;
    const auto* names = std::get_if<CoveredNames>(&entry.said.covers);
    if (names == nullptr || names->sees_all) return true;
    const bool named = !names->kind.empty() || !names->name_space.empty() || !names->name.empty();
    return named && evidence_.has_match(names->kind, names->name_space, names->name);
  }

  void unused(const Entry& entry, const Word& word) {
    const auto* names = std::get_if<CoveredNames>(&entry.said.covers);
    const bool no_object =
        names != nullptr && !evidence_.has_match(names->kind, names->name_space, names->name);
    std::string message = fmt::format("{} finds nothing here: this suppresses nothing", word.rule);
    if (names != nullptr) {
      message = fmt::format("{} finds nothing {}: this suppresses nothing", word.rule,
                            no_object ? "there, and no object is called so" : "there");
    }
    add("MC003", entry, word.rule, std::move(message), "Remove it.");
  }

  void ended(const Entry& entry, const std::vector<std::string_view>& rules) {
    if (entry.unreadable) {
      add("MC004", entry, "",
          fmt::format("`{}` is no date, so this does not suppress {}", entry.said.until,
                      fmt::join(rules, ", ")),
          "Write the last day as 2027-01-31.");
      return;
    }
    add("MC004", entry, "",
        fmt::format("this ended on {}: {} counts again", entry.said.until, fmt::join(rules, ", ")),
        "Mend what was accepted for that time, or decide anew and write a later day.");
  }

  void without_reason(const Entry& entry, const std::vector<std::string_view>& rules) {
    std::string_view where = "Write why behind the bracket.";
    if (std::holds_alternative<CoveredObject>(entry.said.covers)) {
      where = "Add the annotation meshcheck/ignore-reason.";
    } else if (std::holds_alternative<CoveredNames>(entry.said.covers)) {
      where = "Add `reason: …` to the entry.";
    }
    add("MC005", entry, "",
        fmt::format("nobody can tell why {} {} accepted here: no reason is given",
                    fmt::join(rules, ", "), rules.size() == 1 ? "is" : "are"),
        std::string(where));
  }

  void add(std::string_view id, const Entry& entry, const std::string& word, std::string message,
           std::string fix = {}) {
    if (!evidence_.selected(id)) return;
    const RuleInfo& rule = find_rule(id)->info;
    Finding& finding = findings_.emplace_back();
    finding.rule = rule.id;
    finding.name = rule.name;
    finding.severity = rule.severity;
    finding.message = std::move(message);
    finding.location = entry.said.where;
    finding.object = entry.said.object;
    // What tells it from another suppression of the same object, in the fingerprint too.
    finding.field = word.empty() ? fmt::format("ignore[{}]", fmt::join(entry.said.rules, ","))
                                 : fmt::format("ignore[{}]", word);
    if (const auto* covered = std::get_if<CoveredObject>(&entry.said.covers)) {
      finding.mesh = covered->mesh;
    }
    if (!fix.empty()) finding.fix.emplace().description = std::move(fix);
  }

  const Evidence& evidence_;
  std::vector<Finding> findings_;
};

std::vector<Finding> Suppressor::judge(const Evidence& evidence) const {
  Judge judge(evidence);
  for (const Entry& entry : entries_) {
    if (entry.honoured) judge.look_at(entry);
  }
  return judge.take();
}

}  // namespace meshcheck
