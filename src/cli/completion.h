// Completions for shells, written from the commands and the rules; a file a shell.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "cli/interface.h"

namespace meshcheck::cli {

using Commands = std::span<const CommandInfo>;

std::string bash_completion(Commands commands);
std::string zsh_completion(Commands commands);
std::string fish_completion(Commands commands);

// What a shell offers where a value is due.
enum class Offer : std::uint8_t {
  nothing,
  words,    // those of the argument
  reports,  // a word of the argument, or word=FILE
  files,
  rule,   // an identifier or name
  rules,  // a list, apart by commas, of all that a selection takes
};
Offer offer_of(const ArgumentInfo& argument);

struct Candidate {
  std::string word;
  std::string description;
};
// Identifiers and names of the rules.
std::vector<Candidate> rule_candidates();
// ALL, prefixes and tags: what else a selection takes.
std::vector<Candidate> selection_candidates();

}  // namespace meshcheck::cli
