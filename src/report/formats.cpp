#include "report/formats.h"

namespace meshcheck {

std::span<const ReportFormat> report_formats() {
  static constexpr ReportFormat kFormats[] = {
      {"text", &report::write_text},
      {"concise", &report::write_concise},
      {"json", &report::write_json},
      {"sarif", &report::write_sarif},
  };
  return kFormats;
}

}  // namespace meshcheck
