// Reads what `istioctl version` printed, in any of its forms: JSON, YAML and text.
#pragma once

#include "meshcheck/document.h"
#include "meshcheck/result.h"
#include "meshcheck/version_report.h"

namespace meshcheck {

// An error where the text is no such output.
Result<VersionReport> parse_version_report(const Source& saved);

}  // namespace meshcheck
