// Files by the names that they have behind symbolic links: a platform that shows findings in a
// repository knows no file by way of a link (docs.github.com: "SARIF support for code scanning").
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "meshcheck/report.h"

namespace meshcheck::cli {

// By the name that a report has, the real one: of files that are reached through links and lie
// below `root`, an absolute path, or below the current folder where that is empty.
using RealNames = std::map<std::string, std::string>;
RealNames find_real_names(const Report& report, const std::filesystem::path& root);

// Puts them in the place of the others.
void rename_files(Report& report, const RealNames& names);

}  // namespace meshcheck::cli
