// Parses the documents that Kubernetes objects hide in strings: mesh configuration and Helm values
// in ConfigMaps, Helm values in Argo CD Applications.
#pragma once

#include "input/arena.h"
#include "input/parse.h"
#include "meshcheck/document.h"

namespace meshcheck {

// Fills `document.embedded`. A text that does not parse leaves no trace: the string may be
// anything.
void parse_embedded(Document& document, Arena& arena, const ParseLimits& limits);

}  // namespace meshcheck
