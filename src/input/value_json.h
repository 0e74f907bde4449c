// A document's value as JSON, exactly as Kubernetes would decode it; and `inspect --documents`.
#pragma once

#include <string>
#include <string_view>

#include "document/json_string.h"
#include "input/parse.h"
#include "meshcheck/document.h"

namespace meshcheck {

// Appends the node's value: resolved scalars, keys made strings, the last of duplicate keys. A
// missing node is `null`.
void append_json(Node node, std::string& out);

// Appends one line of `inspect --documents`, line end included. Differs from the reader in two
// ways, as Go does when it decodes into a map: a document of nothing is `{}`, and one that is a
// mere scalar is an error.
void append_document_line(const Source& source, const Chunk& chunk, const Parsed& parsed,
                          std::string& out);

}  // namespace meshcheck
