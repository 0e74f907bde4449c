#include "cli/patch_names.h"

#include <algorithm>
#include <system_error>

namespace fs = std::filesystem;

namespace meshcheck::cli {
namespace {

bool lies_below(const fs::path& file, const fs::path& folder) {
  return std::ranges::mismatch(folder, file).in1 == folder.end();
}

bool is_repository(const fs::path& folder) {
  std::error_code failure;
  return fs::exists(folder / ".git", failure);
}

fs::path common_folder(const std::vector<fs::path>& files) {
  fs::path folder = files.front().parent_path();
  const auto holds_all = [&] {
    return std::ranges::all_of(files, [&](const auto& file) { return lies_below(file, folder); });
  };
  while (folder.has_relative_path() && !holds_all()) folder = folder.parent_path();
  return folder;
}

}  // namespace

PatchNames patch_names(const std::vector<std::string>& files, const fs::path& current_folder) {
  PatchNames patch{files, {}};
  const auto outside = [](const fs::path& file) { return file.is_absolute(); };
  if (std::ranges::none_of(files, outside)) return patch;
  std::vector<fs::path> whole;
  for (const std::string& file : files) whole.push_back((current_folder / file).lexically_normal());
  patch.folder = common_folder(whole);
  for (fs::path above = patch.folder;; above = above.parent_path()) {
    if (is_repository(above)) {
      patch.folder = above;
      break;
    }
    if (!above.has_relative_path()) break;
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    patch.names[i] = whole[i].lexically_relative(patch.folder).generic_string();
  }
  return patch;
}

}  // namespace meshcheck::cli
