// Which files may say what istioctl is installed, by their names: they are no manifests.
#pragma once

#include <string_view>

namespace meshcheck {

// Dockerfiles, CI configuration, Makefiles, asdf and mise files, shell scripts. `path` needs its
// last folders: only in `.github/workflows` is every YAML file one.
bool is_tool_file(std::string_view path);

// Hidden folders in which CI configuration lives; nothing else is read there.
bool is_ci_folder(std::string_view name);

}  // namespace meshcheck
