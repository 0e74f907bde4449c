#include "report/standing.h"

#include <algorithm>
#include <functional>

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

bool counts(const Finding& finding, const Report& report) {
  return stands(finding) || (finding.state == FindingState::fixed && !report.stale_allowed);
}

Severity counted_severity(const Finding& finding) {
  return finding.state == FindingState::fixed ? Severity::error : finding.severity;
}

bool accepted(const Finding& finding) {
  return finding.state == FindingState::baselined || finding.state == FindingState::suppressed;
}

bool told(const Finding& finding, const ReportStyle& style) {
  return stands(finding) || (style.suppressed && accepted(finding));
}

std::vector<std::string_view> joined_rules(const Finding& finding) {
  std::vector<std::string_view> rules;
  for (const Related& related : finding.related) {
    const bool known = std::ranges::find(rules, related.rule) != rules.end();
    if (!related.rule.empty() && !known) rules.emplace_back(related.rule);
  }
  return rules;
}

std::size_t count_standing(const Report& report, Severity severity) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.findings, [severity](const Finding& finding) {
        return finding.severity == severity && stands(finding);
      }));
}

std::vector<const Finding*> gravest_first(const Report& report) {
  std::vector<const Finding*> findings;
  for (const Finding& finding : report.findings) {
    if (stands(finding)) findings.push_back(&finding);
  }
  std::ranges::stable_sort(findings, std::ranges::greater{}, &Finding::severity);
  return findings;
}

}  // namespace meshcheck::report
