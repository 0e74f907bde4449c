// What a run reads, and whether that is all of a folder: only then is what it does not find not
// there.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace meshcheck::cli {

// What is to be read, in order: the paths, else the current folder.
std::vector<std::string> paths_of(const InputOptions& options);

// One of the paths to be read is `path` or a folder above it. `-` may be any part of anything, so
// it is all of itself only with --complete, and never all of a folder.
bool reads_all_of(const InputOptions& options, const std::string& path);

}  // namespace meshcheck::cli
