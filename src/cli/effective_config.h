// The settings that hold for a run, each with where it comes from; `config show` prints them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/config.h"
#include "cli/options.h"
#include "engine/select.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// A value of the configuration, as a tree. `from` is "meshcheck.yaml:3:9", "default", a flag.
struct Effective {
  enum class Kind : std::uint8_t { scalar, list, mapping };
  Kind kind = Kind::scalar;
  std::string text = {};  // of a scalar
  std::string from = {};  // of a scalar, or of what is empty
  // Of a list without names.
  std::vector<std::pair<std::string, Effective>> members = {};
};

// Why a rule runs, or does not.
struct EffectiveRule {
  RuleDecision decision;
  std::string reason;  // "ALL is the default", "`ignore: [MC006]`, meshcheck.yaml:3:10"
};

struct EffectiveConfig {
  std::string found;  // a sentence: which file, and how it was found
  std::string file;   // as a user would name it; empty: none
  Effective settings;
  std::vector<EffectiveRule> rules;
};

// Fails where a flag names no rule, or no rate.
Result<EffectiveConfig> effective_config(const ConfigOptions& options, const ConfigRead& read);

}  // namespace meshcheck::cli
