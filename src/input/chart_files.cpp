#include "input/chart_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <ranges>
#include <set>
#include <string_view>
#include <vector>

#include "input/chart_reads.h"
#include "input/descriptor.h"
#include "input/report_paths.h"

namespace meshcheck {
namespace {

using Names = std::set<std::string, std::less<>>;

constexpr std::array<std::string_view, 7> kOwnFiles = {
    "Chart.yaml",  "Chart.lock",         "requirements.yaml", "requirements.lock",
    "values.yaml", "values.schema.json", ".helmignore"};
constexpr std::array<std::string_view, 3> kOwnFolders = {"templates", "charts", "crds"};

// The files below the folder, which lie side by side; of the current one ("."), all of the run.
auto files_below(const FilePaths& files, const std::string& folder) {
  if (folder == ".") return std::ranges::subrange(files.begin(), files.end());
  constexpr char kBehindSlash = '/' + 1;
  return std::ranges::subrange(files.lower_bound(folder + '/'),
                               files.lower_bound(folder + kBehindSlash));
}

// Where the last part of the name begins.
std::size_t base_of(std::string_view name) {
  return name.rfind('/') + 1;  // 0 where there is no slash
}

bool lies_in(std::string_view name, std::string_view folder) {
  const std::size_t base = base_of(name);
  return base == 0 ? folder == "." : name.substr(0, std::max<std::size_t>(base - 1, 1)) == folder;
}

// What other values lie over, as values-prod.yaml does over values.yaml.
bool has_overlay(const std::string& folder, const FilePaths& files) {
  return std::ranges::any_of(files_below(files, folder), [&](const auto& file) {
    const std::string& name = file.first;
    if (!lies_in(name, folder)) return false;
    const std::size_t begin = base_of(name);
    return name.find("values", begin) != std::string::npos && name.substr(begin) != "values.yaml" &&
           !name.ends_with(".json");
  });
}

// Values that chart-testing installs the chart with (helm/chart-testing: ci/*-values.yaml).
void add_test_values(const FilePaths& files, RenderTarget& target) {
  const std::string folder = resolve(target.folder, "ci");
  for (const auto& [name, path] : files_below(files, folder)) {
    if (lies_in(name, folder) && name.ends_with("-values.yaml")) target.covers.insert(name);
  }
}

// Another chart that lies in the folder, and not in charts/.
bool is_of_nested_chart(const std::string& name, const std::string& folder,
                        const FilePaths& files) {
  std::string at = folder_of(name);
  for (; at != folder && is_below(at, folder); at = folder_of(at)) {
    if (files.contains(resolve(at, "Chart.yaml"))) return true;
  }
  return false;
}

void add_named(const ChartReads& reads, const FilePaths& files, RenderTarget& target) {
  Names whole;
  for (const std::string& file : reads.files) whole.insert(resolve(target.folder, file));
  const std::string above = target.folder == "." ? "" : target.folder + "/";
  for (const auto& [name, path] : files_below(files, target.folder)) {
    if (!is_below(name, target.folder)) continue;
    const std::string_view own = std::string_view(name).substr(above.size());
    const bool named = whole.contains(name) ||
                       std::ranges::any_of(reads.beginnings, [&](const std::string& beginning) {
                         return own.starts_with(beginning);
                       });
    if (named && !is_of_nested_chart(name, target.folder, files)) target.covers.insert(name);
  }
}

// What charts of charts/ are called in `# Source:` comments: by their names, or as the chart that
// depends on them calls them, whatever their folders are called.
class Subcharts {
 public:
  Subcharts(const FilePaths& files, RenderTarget& target) : files_(files), target_(target) {}

  void add(const std::string& folder, const std::string& called) {
    const std::string parent = resolve(folder, "charts");
    for (const auto& [name, path] : files_below(files_, parent)) {
      if (!name.ends_with("/Chart.yaml")) continue;
      const std::string child = folder_of(name);
      if (!lies_in(child, parent)) continue;
      for (const std::string& one : names_of(path, name, folder)) {
        const std::string key = called + "charts/" + one;
        const auto [at, fresh] = target_.subcharts.emplace(key, child);
        if (!fresh && at->second != child) at->second.clear();  // several of one name
        if (fresh) add(child, key + "/");
      }
    }
  }

 private:
  Names names_of(const std::string& path, const std::string& name, const std::string& parent) {
    const Descriptor chart(path, name);
    const std::string own(chart.root()["name"].text());
    if (own.empty()) return {};
    Names names = {own};
    for (const char* file : {"Chart.yaml", "requirements.yaml"}) {
      const auto found = files_.find(resolve(parent, file));
      if (found == files_.end()) continue;
      const Descriptor depends(found->second, found->first);
      for (const Node one : depends.root()["dependencies"].items()) {
        const std::string_view alias = one["alias"].text();
        if (one["name"].text() == own && !alias.empty()) names.emplace(alias);
      }
    }
    return names;
  }

  const FilePaths& files_;
  RenderTarget& target_;
};

}  // namespace

std::optional<RenderTarget> read_chart(const InputFile& file, const FilePaths& files) {
  const Descriptor chart(file.path, file.name);
  const std::string_view name = chart.root()["name"].text();
  const bool is_chart = !name.empty() && !chart.root()["version"].text().empty();
  if (!is_chart || chart.root()["type"].text() == "library") return std::nullopt;
  RenderTarget target;
  target.renderer = Renderer::helm;
  target.folder = folder_of(file.name);
  target.file = file.name;
  target.chart = name;
  for (const std::string_view part : kOwnFiles) {
    const std::string own = resolve(target.folder, part);
    target.reads.insert(own);
    if (files.contains(own)) target.covers.insert(own);
  }
  for (const std::string_view part : kOwnFolders) {
    const std::string folder = resolve(target.folder, part);
    target.reads.insert(folder);
    for (const auto& [other, path] : files_below(files, folder)) target.covers.insert(other);
  }
  add_test_values(files, target);
  const ChartReads reads = find_chart_reads(std::filesystem::path(file.path).parent_path());
  for (const std::string& one : reads.files) target.reads.insert(resolve(target.folder, one));
  add_named(reads, files, target);
  const std::string values = resolve(target.folder, "values.yaml");
  if (files.contains(values) && has_overlay(target.folder, files)) target.layers.insert(values);
  Subcharts(files, target).add(target.folder, "");
  return target;
}

}  // namespace meshcheck
