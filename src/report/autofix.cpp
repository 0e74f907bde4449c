#include "meshcheck/autofix.h"

#include <algorithm>

namespace meshcheck {

std::string_view to_string(Applicability applicability) {
  switch (applicability) {
    case Applicability::manual: return "manual";
    case Applicability::unsafe: return "unsafe";
    case Applicability::safe: return "safe";
  }
  return {};
}

Applicability applicability_of(const Finding& finding) {
  if (!finding.fix) return Applicability::manual;
  const Fix& fix = *finding.fix;
  if (fix.patch.empty() && fix.values.empty() && fix.settings.empty()) return Applicability::manual;
  Applicability found = autofix_of(finding.rule);
  for (const Related& related : finding.related) {
    if (!related.rule.empty()) found = std::min(found, autofix_of(related.rule));
  }
  return found;
}

}  // namespace meshcheck
