// Where the configuration is looked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/options.h"

namespace meshcheck::cli {

inline constexpr const char* kConfigName = "meshcheck.yaml";

// From the folder of a path up to the root of its repository (the folder with .git) or of the file
// system.
std::vector<std::filesystem::path> folders_above(const std::string& path);

// That the search begins at: the first that the command line names.
std::string first_path(const InputOptions& options);

}  // namespace meshcheck::cli
