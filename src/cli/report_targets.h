// Which files no report may be written over: those that the run has read as its input.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/config.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/read.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// What was named, and what gave something to judge: manifests, values, files that cannot be parsed,
// pins of tools, what helm and kustomize rendered; the configuration and the baseline. What else a
// folder holds, such as a JSON report of an earlier run, is not among them. A report of text under
// the name of a manifest is: it reads as broken YAML, and nothing tells it from a manifest that
// someone has broken.
std::vector<std::string> files_judged(const InputOptions& options, const Config& config,
                                      const ReadMeshes& read);

// Refuses a report that would replace one of the files, under whatever name.
std::optional<Error> replaced_input(std::span<const Output> outputs,
                                    std::span<const std::string> files);

}  // namespace meshcheck::cli
