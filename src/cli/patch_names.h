// How a patch names the files that it changes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace meshcheck::cli {

struct PatchNames {
  std::vector<std::string> names;  // of the files, in their order
  std::filesystem::path folder;    // where the patch is to be applied; empty: the current one
};

// As the reports do, while all files lie below the current folder. `patch` and `git apply` take
// neither an absolute name nor one with `..`: else names are from the root of the repository that
// holds all files, or from the deepest folder that does.
PatchNames patch_names(const std::vector<std::string>& files,
                       const std::filesystem::path& current_folder);

}  // namespace meshcheck::cli
