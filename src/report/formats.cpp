#include "report/formats.h"

namespace meshcheck {

std::span<const ReportFormat> report_formats() {
  static constexpr ReportFormat kFormats[] = {
      {"text", &report::write_text},
      {"concise", &report::write_concise},
      {"json", &report::write_json},
      {"json-lines", &report::write_json_lines},
      {"sarif", &report::write_sarif},
      {"github", &report::write_github},
      {"gitlab", &report::write_gitlab},
      {"junit", &report::write_junit},
      {"rdjson", &report::write_rdjson},
      {"rdjsonl", &report::write_rdjsonl},
      {"checkstyle", &report::write_checkstyle},
      {"markdown", &report::write_markdown},
      {"prometheus", &report::write_prometheus},
      {"agent", &report::write_agent},
  };
  return kFormats;
}

}  // namespace meshcheck
