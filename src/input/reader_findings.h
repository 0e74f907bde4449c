// What the reader itself has to say about documents: MC001, MC006 and MC008.
#pragma once

#include <cstddef>
#include <string>

#include "input/parse.h"
#include "input/split.h"
#include "meshcheck/document.h"
#include "meshcheck/finding.h"

namespace meshcheck {

// MC001: `parsed` is an error. The neighbours of the document in the file are not touched by it.
Finding unparsable_document(const Source& source, const Chunk& chunk, const Parsed& parsed);

// MC006 for the first of a file's documents with template markup; `documents` is how many it has.
Finding unrendered_template(const Source& source, const Chunk& chunk, const Parsed& parsed,
                            std::size_t documents);

// MC006 without its place; `remedy` is a sentence.
Finding unrendered_finding(std::string message, std::string remedy);

// MC008: the second key's place, the first one related.
Finding duplicate_key(const Document& document, const DuplicateKey& duplicate);

}  // namespace meshcheck
