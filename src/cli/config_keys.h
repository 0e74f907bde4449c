// The keys of meshcheck.yaml as a table: the reader checks by it, and its JSON Schema and the
// manual are written from it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace meshcheck::cli {

// What a key takes. What words, rules and parameters there are is the catalogue's to say.
enum class KeyType : std::uint8_t {
  version,     // 1
  rule_words,  // a list of identifiers, prefixes, names, tags
  rule,        // one of them
  severities,  // a mapping of rules to severities
  parameters,  // a mapping of rules to mappings of their parameters
  text,
  label,     // the key of a label
  path,      // a pattern of .gitignore(5)
  glob,      // a name in which * and ? stand for others
  quantity,  // 500m, 2Gi
  day,       // 2026-11-22
  rates,     // a mapping of namespace/workload to requests per second
  days,      // a mapping of minor versions to days
  items,     // a list of mappings with the `keys` of the table
};

struct KeyGroup {
  std::span<const std::string_view> keys;
  bool exactly_one = false;  // else at least one of them
};

struct KeyInfo {
  std::string_view name;
  KeyType type;
  std::string_view description;  // a sentence
  bool required = false;
  std::span<const KeyInfo> keys = {};     // of each item
  std::span<const KeyGroup> groups = {};  // which of `keys` an item must have
  std::string_view default_value = {};    // as YAML; empty: nothing, or an empty list or mapping
};

// Of the file itself, in the order in which the manual explains them.
std::span<const KeyInfo> config_keys();
// The key of that name of the file; it exists.
const KeyInfo& config_key(std::string_view name);
std::vector<std::string_view> names_of(std::span<const KeyInfo> keys);

inline constexpr std::array<std::string_view, 3> kSeverities = {"error", "warning", "info"};
// The largest number that a parameter takes: rules may reckon with it.
inline constexpr std::int64_t kLargestParameter = 1'000'000'000;

}  // namespace meshcheck::cli
