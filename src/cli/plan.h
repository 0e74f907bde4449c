// What the flags and the configuration make of a run, checked before anything is read.
#pragma once

#include "cli/config.h"
#include "cli/options.h"
#include "cli/run.h"
#include "engine/run.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

struct RunPlan {
  RunOptions run;  // all but the baseline, whose file is read apart
  Selection selection;
};

Result<RunPlan> plan_run(const AuditOptions& options, const Config& config,
                         const Surroundings& surroundings);

}  // namespace meshcheck::cli
