// Checkstyle's XML, which most review tools read
// (checkstyle.org: "Report format", checkstyle-report-1.0.0.xsd).
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "report/formats.h"
#include "report/place.h"
#include "report/standing.h"
#include "report/xml.h"

namespace meshcheck::report {
namespace {

std::string file_of(const Finding& finding) {
  return finding.location ? finding.location->file : "cluster/" + qualified_name(finding.object);
}

void write_error(const Finding& finding, std::ostream& out) {
  const std::uint32_t line = finding.location ? finding.location->line : 0;
  out << "    <error" << xml_attribute("line", line == 0 ? 1 : line);
  if (line != 0 && finding.location->column != 0) {
    out << xml_attribute("column", finding.location->column);
  }
  out << xml_attribute("severity", to_string(counted_severity(finding)))
      << xml_attribute("message", finding.message)
      << xml_attribute("source", "meshcheck." + finding.rule) << "/>\n";
}

}  // namespace

void write_checkstyle(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  std::map<std::string, std::vector<const Finding*>> files;
  for (const Finding& finding : report.findings) {
    if (counts(finding, report)) files[file_of(finding)].push_back(&finding);
  }
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n";
  for (const auto& [file, findings] : files) {
    out << "  <file" << xml_attribute("name", file) << ">\n";
    for (const Finding* finding : findings) write_error(*finding, out);
    out << "  </file>\n";
  }
  out << "</checkstyle>\n";
}

}  // namespace meshcheck::report
