// One line a finding, in the shape that editors and problem matchers know.
#include <ostream>

#include <fmt/format.h>

#include "report/formats.h"
#include "report/place.h"
#include "report/standing.h"
#include "report/terminal.h"

namespace meshcheck::report {

void write_concise(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    if (!stands(finding)) continue;
    out << log_line(fmt::format("{}: {}: {} [{}]\n", place(finding), to_string(finding.severity),
                                printable(finding.message), printable(finding.rule)));
  }
}

}  // namespace meshcheck::report
