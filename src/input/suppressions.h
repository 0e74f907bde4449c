// Finds the comments by which files accept findings. Readers drop comments, so they are looked for
// in the bytes, and only where the bytes hold the word.
#pragma once

#include <span>
#include <vector>

#include "input/split.h"
#include "meshcheck/document.h"
#include "meshcheck/suppression.h"

namespace meshcheck {

// A document of a file, with its tree where it has one.
struct ReadChunk {
  const Chunk* chunk = nullptr;
  const Document* tree = nullptr;
};

// Of a YAML file, whose chunks are in order. A comment before a document's first node covers the
// document, so does one in a chunk of comments alone before it; one on a line of its own covers the
// next node and all below it; one behind something its line. What stands in a quoted or block
// scalar is no comment. Of a document without a tree only the comments at its head are known to be
// any.
std::vector<Suppression> find_suppressions(const Source& source, std::span<const ReadChunk> chunks);

// Of a file that is read by lines (Dockerfiles, CI configuration, scripts): a comment on a line of
// its own covers the next line that is none, with the lines that continue it; one behind something
// its line.
std::vector<Suppression> find_line_suppressions(const Source& source);

}  // namespace meshcheck
