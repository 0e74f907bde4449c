// meshcheck-baseline.json: read with the place of whatever is wrong with it, written in a fixed
// order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "engine/baseline.h"
#include "meshcheck/report.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// What --baseline names, else the file's usual name.
std::string baseline_path(const InputOptions& options);

struct BaselineRead {
  Baseline baseline;
  std::vector<Error> errors;  // the baseline is of use only without
};

// `sees_all` tells whether the flags have all read that the file was written from.
BaselineRead read_baseline(const InputOptions& options);

// The paths that a run reads, as the file keeps them: from its own folder.
std::vector<std::string> paths_from_baseline(const InputOptions& options);

std::string write_baseline(const Baseline& baseline);

// What to say where the baseline accepts what is gone.
Error stale_entries(const Baseline& baseline, const Report& report, const AuditOptions& options);

// "Deployment istio-system/istiod spec.replicas".
std::string describe(const BaselineEntry& entry);

}  // namespace meshcheck::cli
