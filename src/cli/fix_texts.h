// The files of a run as they would be with fixes made, in memory.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/fix_plan.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// By the name that reports give the file; only files that fixes were made in.
using Texts = std::map<std::string, std::string>;

// Makes the changes in `texts`, which takes files from `read` as they are needed. All of them or,
// on an error (a fragment), none. False where everything said so already.
Result<bool> make_changes(const std::vector<Change>& changes, const ReadMeshes& read, Texts& texts);

}  // namespace meshcheck::cli
