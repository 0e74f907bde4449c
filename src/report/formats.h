// The writers behind `--output`: pure functions of a Report. They never filter, sort, count
// severities or decide the exit status.
#pragma once

#include <iosfwd>

#include "meshcheck/report.h"

namespace meshcheck::report {

void write_text(const Report& report, const ReportStyle& style, std::ostream& out);
void write_concise(const Report& report, const ReportStyle& style, std::ostream& out);
void write_json(const Report& report, const ReportStyle& style, std::ostream& out);
void write_json_lines(const Report& report, const ReportStyle& style, std::ostream& out);
void write_sarif(const Report& report, const ReportStyle& style, std::ostream& out);
void write_github(const Report& report, const ReportStyle& style, std::ostream& out);
void write_gitlab(const Report& report, const ReportStyle& style, std::ostream& out);
void write_junit(const Report& report, const ReportStyle& style, std::ostream& out);
void write_rdjson(const Report& report, const ReportStyle& style, std::ostream& out);
void write_rdjsonl(const Report& report, const ReportStyle& style, std::ostream& out);
void write_checkstyle(const Report& report, const ReportStyle& style, std::ostream& out);
void write_markdown(const Report& report, const ReportStyle& style, std::ostream& out);
void write_prometheus(const Report& report, const ReportStyle& style, std::ostream& out);
void write_agent(const Report& report, const ReportStyle& style, std::ostream& out);

}  // namespace meshcheck::report
