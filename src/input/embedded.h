// Parses the documents that Kubernetes objects hide in strings: mesh configuration and Helm values
// and Prometheus' rules in ConfigMaps, Helm values in Argo CD Applications.
#pragma once

#include <string_view>

#include "input/arena.h"
#include "input/parse.h"
#include "meshcheck/document.h"

namespace meshcheck {

// Fills `document.embedded`. A text that does not parse leaves no trace: the string may be
// anything.
void parse_embedded(Document& document, Arena& arena, const ParseLimits& limits);

// By its words, of a ConfigMap or of one of its values.
bool may_hold_alert_rules(std::string_view text);

}  // namespace meshcheck
