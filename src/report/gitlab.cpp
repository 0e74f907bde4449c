// GitLab's Code Quality report (docs.gitlab.com: ci/testing/code_quality, "Code Quality report
// format"): the merge request shows what its target branch has not.
#include <algorithm>
#include <map>
#include <ostream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "report/json_parts.h"
#include "report/place.h"
#include "report/repository_path.h"
#include "report/standing.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "minor";
    case Severity::error: return "major";
  }
  return {};
}

// GitLab merges entries of one fingerprint into one. Ours is of the object and so the same for each
// mesh of a run, and for two findings of one field.
class Fingerprints {
 public:
  std::string unique(const Finding& finding) {
    std::string print = finding.fingerprint;
    if (!finding.mesh.empty()) print += "/" + finding.mesh;
    const int times = ++seen_[print];
    return times == 1 ? print : fmt::format("{}/{}", print, times);
  }

 private:
  std::map<std::string, int> seen_;
};

Json lines_of(const Finding& finding) {
  const bool placed = finding.location && finding.location->line != 0;
  if (!placed) return {{"begin", 1}};
  return {{"begin", finding.location->line},
          {"end", std::max(finding.location->line, finding.location->end_line)}};
}

}  // namespace

void write_gitlab(const Report& report, const ReportStyle& style, std::ostream& out) {
  Json entries = Json::array();
  Fingerprints fingerprints;
  for (const Finding& finding : report.findings) {
    if (!counts(finding, report)) continue;
    // The widget shows the description alone.
    std::string text = fmt::format("{}: {}", printable(finding.rule), printable(finding.message));
    if (const auto joined = joined_rules(finding); !joined.empty()) {
      text += printable(fmt::format(" (also {})", fmt::join(joined, ", ")));
    }
    if (!finding.location) text += fmt::format(" ({})", place(finding));
    entries.push_back(
        {{"description", std::move(text)},
         {"check_name", finding.rule},
         {"fingerprint", fingerprints.unique(finding)},
         {"severity", severity_of(counted_severity(finding))},
         {"location", {{"path", dashboard_path(finding, style)}, {"lines", lines_of(finding)}}}});
  }
  out << json_text(entries, 2) << '\n';
}

}  // namespace meshcheck::report
