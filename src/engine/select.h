// Which rules a run uses, from what the user named.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/result.h"
#include "meshcheck/rule.h"

namespace meshcheck {

// Each word is an ID (MC201), a prefix of one (MC2), a rule's name, a tag, or ALL.
struct Selection {
  std::vector<std::string> select;  // empty: as configured
  std::vector<std::string> extend_select;
  std::vector<std::string> ignore;
  std::vector<std::string> configured_select = {};  // of the configuration; empty: ALL
  std::vector<std::string> configured_ignore = {};
};

// The rules by id. As ruff has it, the longer (more exact) word wins where a rule is both selected
// and ignored; at equal length a flag wins over the configuration, and then it is ignored. So
// `--select MC204` runs what the configuration ignores by that name, and `--select MC2` does not.
// An unknown word is an error that suggests the nearest.
Result<std::vector<const Rule*>> select_rules(const Selection& selection);

// Whether messages of istioctl analyze are selected that have this code (IST0101). They are named
// as rules are: by code, prefix of one (IST01), `istioctl-analyze` for them all, or ALL.
bool selects_code(const Selection& selection, std::string_view code);

// A word that names such codes.
bool names_codes(std::string_view word);

// Which word decided about a rule, and where it stands.
enum class DecidedBy : std::uint8_t {
  standard,           // nothing selects or ignores anything: ALL
  configured_select,  // `select` of the configuration
  configured_ignore,
  select,  // flags
  extend_select,
  ignore,
  nothing,  // no word that selects names it
};

struct RuleDecision {
  const Rule* rule = nullptr;
  bool selected = false;
  DecidedBy by = DecidedBy::nothing;
  std::string word;
};

// Of every rule, by id, what select_rules() decides and why.
Result<std::vector<RuleDecision>> decide_rules(const Selection& selection);

// What is wrong with a word of a selection; nothing where it names a rule.
std::optional<Error> check_rule_word(const std::string& word);

// The rule of that ID, in small letters too, or name; null where the word names none or several.
const Rule* find_rule_by_word(std::string_view word);

// The word of `candidates` nearest to `word` by edit distance, or empty where none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace meshcheck
