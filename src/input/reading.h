// What every reader of one document is given and answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "input/parse.h"
#include "input/tree_builder.h"

namespace meshcheck {

// Why a document could not be read, and the byte of the source that is the likely cause.
struct ReadError {
  std::string message;
  std::uint64_t offset = 0;
};

struct ReadResult {
  enum class Outcome : std::uint8_t { tree, empty, error, declined };
  Outcome outcome = Outcome::empty;
  ReadError error;
};

inline ReadResult read_error(std::string message, std::uint64_t offset) {
  return {ReadResult::Outcome::error, {std::move(message), offset}};
}

// Each reads the bytes [begin, end) of `text` into `tree`, which has been reset; offsets count from
// the begin of `text`. The bytes are known to be valid UTF-8 of printable characters.
ReadResult read_json(std::string_view text, std::uint64_t begin, std::uint64_t end,
                     const ParseLimits& limits, TreeBuilder& tree);
// Our own scanner: accepts only what it is certain about, else declines; never an error.
ReadResult scan_yaml(std::string_view text, std::uint64_t begin, std::uint64_t end,
                     const ParseLimits& limits, TreeBuilder& tree);
// libyaml, whose reading Go's is ported from: the judge.
ReadResult read_yaml_reference(std::string_view text, std::uint64_t begin, std::uint64_t end,
                               const ParseLimits& limits, TreeBuilder& tree);

// Replaces aliases and merge keys by copies of what they stand for, with Go's limits.
ReadResult expand_aliases(const ParseLimits& limits, TreeBuilder& tree);

}  // namespace meshcheck
