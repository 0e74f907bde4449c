#include "cli/config_search.h"

#include <system_error>

namespace meshcheck::cli {

namespace fs = std::filesystem;

std::vector<fs::path> folders_above(const std::string& path) {
  std::error_code failure;
  fs::path at = fs::current_path(failure);
  if (path != "-") at /= path;
  at = fs::weakly_canonical(at, failure);
  if (failure) return {};
  if (!fs::is_directory(at, failure)) at = at.parent_path();
  std::vector<fs::path> folders;
  for (;; at = at.parent_path()) {
    folders.push_back(at);
    if (fs::exists(at / ".git", failure) || at == at.parent_path()) return folders;
  }
}

std::string first_path(const InputOptions& options) {
  const std::vector<std::string>& named = options.paths.empty() ? options.filenames : options.paths;
  return named.empty() ? "." : named.front();
}

}  // namespace meshcheck::cli
