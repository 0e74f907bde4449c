// One document's bytes in, a tree or the reason there is none out. The entry everyone uses: it
// picks the reader (JSON, our YAML scanner, libyaml), recognises templates and parses what
// documents hide in their strings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "input/arena.h"
#include "input/split.h"
#include "meshcheck/document.h"

namespace meshcheck {

// Bounds on hostile input; a document beyond one of them is an error, never slow.
struct ParseLimits {
  std::uint32_t depth = 512;        // nesting
  std::uint32_t nodes = 8'000'000;  // after aliases are expanded
};

// Who may read YAML. Everyone wants `automatic`; the others hold the two readers against each
// other.
enum class Reader : std::uint8_t { automatic, scanner_only, reference_only };

enum class Format : std::uint8_t { yaml, json };

// A key that stands twice in one mapping; the last one holds. Indexes into the document's nodes.
struct DuplicateKey {
  std::uint32_t key;  // the later one
  std::uint32_t first;
};

struct Parsed {
  enum class Outcome : std::uint8_t {
    tree,             // `document` holds it
    empty,            // nothing but comments, or an explicit null: no document
    error,            // MC001: `message`, `line`, `column`
    template_markup,  // MC006: not YAML yet; `line` and `column` of the first markup
    declined,         // Reader::scanner_only and the scanner was not certain
  };
  Outcome outcome = Outcome::empty;
  Document* document = nullptr;  // never null; without nodes unless `tree`
  std::string message;           // our words, lower case, no full stop; of an error or a template
  std::uint32_t line = 0;        // in the file, 1-based
  std::uint32_t column = 0;      // in code points, 1-based
  std::vector<DuplicateKey> duplicates;
  bool by_reference = false;  // libyaml read it: the scanner was not certain
};

// Parses one chunk of `source`. The tree points into both `source` and `arena`. Safe to call from
// many threads on different arenas. A text of 4 GiB or more is an error.
Parsed parse(const Source& source, const Chunk& chunk, Arena& arena, Format format = Format::yaml,
             Reader reader = Reader::automatic, const ParseLimits& limits = {});

}  // namespace meshcheck
