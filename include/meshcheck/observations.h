// What files saved from a running mesh say about it, and what pins the tools around it: facts that
// are no Kubernetes objects, each with its place.
#pragma once

#include <vector>

#include "meshcheck/metrics.h"
#include "meshcheck/proxy_status.h"
#include "meshcheck/tool_pin.h"
#include "meshcheck/version_report.h"

namespace meshcheck {

struct Observations {
  std::vector<StatusSnapshot> proxy_status;  // --proxy-status, in the order given
  std::vector<MetricsFile> metrics;          // --metrics, in the order given
  std::vector<VersionReport> versions;       // --versions, in the order given
  std::vector<ToolPin> tool_pins;            // of istioctl, by file and line
};

}  // namespace meshcheck
