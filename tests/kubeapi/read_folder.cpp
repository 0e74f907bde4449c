#include "kubeapi/read_folder.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace meshcheck::kubeapi {
namespace {

using std::filesystem::path;

std::vector<path> sorted_entries(const path& folder) {
  std::vector<path> entries;
  if (!std::filesystem::is_directory(folder)) return entries;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    entries.push_back(entry.path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::string text_or_nothing(const path& file) {
  return std::filesystem::exists(file) ? file_text(file) : std::string();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Istiod read_istiod(const path& folder) {
  Istiod istiod;
  istiod.name_space = folder.parent_path().filename();
  istiod.pod = folder.filename();
  istiod.version = text_or_nothing(folder / "version.txt");
  istiod.metrics = text_or_nothing(folder / "metrics.txt");
  istiod.dates = lines_of(text_or_nothing(folder / "dates.txt"));
  const std::vector<std::string> service = lines_of(text_or_nothing(folder / "service.txt"));
  if (!service.empty()) istiod.service = service.front();
  for (const path& file : sorted_entries(folder)) {
    if (file.filename().string().starts_with("syncz")) istiod.syncz.push_back(file_text(file));
  }
  return istiod;
}

}  // namespace

Folder read_folder(const path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw std::runtime_error(folder.string() + ": no folder");
  }
  Folder content;
  for (const path& entry : sorted_entries(folder)) {
    const std::string extension = entry.extension();
    if (extension != ".yaml" && extension != ".yml" && extension != ".json") continue;
    for (Json& object : read_objects(file_text(entry), entry.string())) {
      content.objects.push_back(std::move(object));
    }
  }
  for (const path& name_space : sorted_entries(folder / "istiods")) {
    for (const path& pod : sorted_entries(name_space)) content.istiods.push_back(read_istiod(pod));
  }
  return content;
}

}  // namespace meshcheck::kubeapi
