// Flags that say what the mesh's own files do not: rates, nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "meshcheck/result.h"
#include "meshcheck/settings.h"

namespace meshcheck::cli {

// "namespace/name".
bool is_workload(std::string_view text);
// Requests per second: a number of 0 or more.
std::optional<double> parse_rate(std::string_view text);

// `cpu=4,memory=16Gi,count=10`, of --node-allocatable.
Result<NodeCapacity> parse_node_capacity(std::string_view text);

// Puts what the flags say over what the configuration says.
std::optional<Error> apply_flags(const InputOptions& options, Settings& settings);

}  // namespace meshcheck::cli
