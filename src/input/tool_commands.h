// Commands of package managers that install istioctl: asdf, mise, Homebrew, Scoop, Chocolatey.
#pragma once

#include <optional>
#include <string_view>

namespace meshcheck {

struct InstallCommand {
  std::string_view manager;  // "brew install"
  std::string_view mark;     // a part of the line: the version as written, else the tool's name
  bool latest = false;       // no version is named, and the manager takes the newest
};

// The command on this line of a script, Dockerfile, Makefile or CI configuration; nothing where it
// is only spoken of (`echo "try: brew install istioctl"`), or where another file has the version.
std::optional<InstallCommand> find_install(std::string_view line);

}  // namespace meshcheck
