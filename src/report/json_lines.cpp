// The `json-lines` format: what `json` tells, one object a line, for logs and streams. `type` says
// what a line is; the last one is the summary, so that a stream cut short is seen to be.
#include <ostream>
#include <string_view>

#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "report/json_parts.h"
#include "report/standing.h"

namespace meshcheck::report {
namespace {

void write_line(std::string_view type, const Json& members, std::ostream& out) {
  Json line = {{"type", type}};
  line.update(members);
  out << json_text(line, -1) << '\n';
}

}  // namespace

void write_json_lines(const Report& report, const ReportStyle& style, std::ostream& out) {
  Json whole = json_of(report);
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    if (told(report.findings[i], style)) write_line("finding", whole["findings"][i], out);
  }
  for (const Json& entry : whole["notEvaluated"]) write_line("notEvaluated", entry, out);
  for (const Json& error : whole["errors"]) write_line("error", error, out);
  for (const char* list : {"findings", "notEvaluated", "errors"}) whole.erase(list);
  write_line("summary", whole, out);
}

}  // namespace meshcheck::report
