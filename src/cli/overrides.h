// What the configuration says of single paths, as the engine asks for it.
#pragma once

#include <functional>

#include "cli/config.h"

namespace meshcheck::cli {

// Whether an override sets a finding aside; empty where there are none.
std::function<bool(const Finding&)> ignored_by(const Config& config);

}  // namespace meshcheck::cli
