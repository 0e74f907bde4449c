#include "live/host.h"

#include <filesystem>

namespace meshcheck::live {

std::optional<std::string_view> variable(const Host& host, std::string_view name) {
  std::optional<std::string_view> value;
  for (const std::string& entry : host.environment) {
    const std::string_view text = entry;
    if (text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name)) {
      value = text.substr(name.size() + 1);
    }
  }
  return value;
}

std::string path_from(const std::string& folder, const std::string& path) {
  if (path.empty() || path.starts_with('/')) return path;
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

}  // namespace meshcheck::live
