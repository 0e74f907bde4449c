#include "cli/scope.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

// "/a/b/" and "/a/b" are one folder.
fs::path canonical(const std::string& path) {
  std::error_code failure;
  fs::path clean = fs::weakly_canonical(fs::absolute(path, failure), failure);
  return clean.has_filename() ? clean : clean.parent_path();
}

bool lies_in(const fs::path& inner, const fs::path& outer) {
  const auto at = std::ranges::mismatch(outer, inner);
  return at.in1 == outer.end();
}

}  // namespace

std::vector<std::string> paths_of(const InputOptions& options) {
  std::vector<std::string> paths = options.paths;
  paths.insert(paths.end(), options.filenames.begin(), options.filenames.end());
  for (const std::string& file : options.values) {
    if (std::ranges::find(paths, file) == paths.end()) paths.push_back(file);
  }
  // What a running mesh said stands for itself; the current folder need not be of that mesh.
  // So does a cluster.
  const bool saved = !options.proxy_status.empty() || !options.metrics.empty() ||
                     !options.versions.empty() || !options.istioctl_analyze.empty();
  if (paths.empty() && !saved && !options.live.wanted()) paths.emplace_back(".");
  return paths;
}

bool reads_all_of(const InputOptions& options, const std::string& path) {
  const std::vector<std::string> read = paths_of(options);
  if (path == "-") return options.complete && std::ranges::find(read, "-") != read.end();
  const fs::path wanted = canonical(path);
  return std::ranges::any_of(read, [&](const std::string& one) {
    return one != "-" && !one.empty() && lies_in(wanted, canonical(one));
  });
}

}  // namespace meshcheck::cli
