// Reads the text that Prometheus scrapes, as 0.0.4 and as OpenMetrics (prometheus.io/docs/
// instrumenting/exposition_formats, prometheus.io/docs/specs/om/open_metrics_spec).
#pragma once

#include "meshcheck/document.h"
#include "meshcheck/metrics.h"
#include "meshcheck/result.h"

namespace meshcheck {

// Fails with a place at the first line that is no sample: what follows may be anything.
Result<MetricsFile> read_metrics(const Source& source);

}  // namespace meshcheck
