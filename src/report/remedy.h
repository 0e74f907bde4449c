// A finding's remedy as people's formats show it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/finding.h"

namespace meshcheck::report {

// YAML to paste, and where it goes: "in the Helm values of istiod". A view into the fix.
struct Snippet {
  std::string label;
  std::string_view yaml;
};

std::vector<Snippet> snippets(const Fix& fix);

// The lines of plain text below a finding's message, each printable: what else it touches, what was
// found, and the remedy, its YAML indented by two.
std::vector<std::string> related_lines(const Finding& finding);
std::vector<std::string> remedy_lines(const Fix& fix);

}  // namespace meshcheck::report
