// Whether a run reads all of a folder: only then is what it does not find not there.
#pragma once

#include <string>

#include "cli/options.h"

namespace meshcheck::cli {

// One of the paths to be read is `path` or a folder above it. `-` may be any part of anything, so
// it is all of itself only with --complete, and never all of a folder.
bool reads_all_of(const InputOptions& options, const std::string& path);

}  // namespace meshcheck::cli
