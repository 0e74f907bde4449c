// `audit --fix` and `audit --diff`: mends files, or shows how.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/config.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run.h"
#include "engine/run.h"
#include "meshcheck/report.h"

namespace meshcheck::cli {

// What is left to do once files have been mended.
struct Fixed {
  bool done = false;  // nothing: `status` is the answer
  Exit status = Exit::clean;
  std::string stdin_text;     // as it was, or mended
  bool prints_stdin = false;  // the mended text went to standard output: the report goes elsewhere
  std::vector<Error> errors;  // files that could not be written
};

// Reads the standard input where the options ask for it. Nothing is mended where one of the
// `outputs` would then replace an input.
Fixed fix(const AuditOptions& options, const Config& config, const RunOptions& run,
          std::span<const Output> outputs, const Surroundings& surroundings);

}  // namespace meshcheck::cli
