// Paths as reports have them: relative, `/` between their parts, "." for the current folder.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck {

std::string folder_of(std::string_view file);

// What `path`, as a file of `folder` writes it, is called in reports.
std::string resolve(std::string_view folder, std::string_view path);

bool is_below(std::string_view file, std::string_view folder);

}  // namespace meshcheck
