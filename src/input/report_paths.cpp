#include "input/report_paths.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>

namespace meshcheck {

std::string folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(file.substr(0, std::max<std::size_t>(slash, 1)));
}

std::string resolve(std::string_view folder, std::string_view path) {
  std::string name = (std::filesystem::path(folder) / path).lexically_normal().generic_string();
  if (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

bool is_below(std::string_view file, std::string_view folder) {
  if (folder == ".") return !file.starts_with('/') && !file.starts_with("../");
  return file.size() > folder.size() && file.starts_with(folder) && file[folder.size()] == '/';
}

}  // namespace meshcheck
