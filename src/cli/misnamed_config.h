// A configuration that is not read because it has another name.
#pragma once

#include <optional>

#include "cli/config.h"
#include "cli/options.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// What is said of a file that is one but for its name (`meshcheck.yml`), where the configuration
// was looked for and none was found.
std::optional<Error> misnamed_config(const InputOptions& options, const Config& found);

}  // namespace meshcheck::cli
