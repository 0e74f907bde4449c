#include "report/standing.h"

#include <algorithm>

namespace meshcheck::report {

bool stands(const Finding& finding) {
  switch (finding.state) {
    case FindingState::none:
    case FindingState::new_:
    case FindingState::unchanged: return true;
    case FindingState::fixed:
    case FindingState::baselined:
    case FindingState::suppressed: return false;
  }
  return false;
}

std::size_t count_standing(const Report& report, Severity severity) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.findings, [severity](const Finding& finding) {
        return finding.severity == severity && stands(finding);
      }));
}

}  // namespace meshcheck::report
