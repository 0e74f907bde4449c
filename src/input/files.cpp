#include "input/files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "input/gitignore.h"
#include "input/tool_files.h"

namespace meshcheck {
namespace {

namespace fs = std::filesystem;

// The .gitignore files that have a say below a folder, the nearest first.
struct IgnoreChain {
  IgnoreFile patterns;
  std::size_t base_length;  // of the path of its folder, with the `/`
  std::shared_ptr<const IgnoreChain> above;
};

using Ignores = std::shared_ptr<const IgnoreChain>;

struct Folder {
  std::string path;     // absolute
  std::string name;     // as reports call it; empty for the current folder
  Ignores ignores;      // of the folders above
  bool hidden = false;  // of a CI system: nothing but its configuration is read there
};

std::string join(std::string_view folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

bool is_input_name(const fs::path& path) {
  const fs::path extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json" ||
         path.filename() == "Kustomization";
}

bool ignored(const IgnoreChain* chain, std::string_view path, bool is_folder) {
  for (; chain != nullptr; chain = chain->above.get()) {
    const auto verdict = chain->patterns.ignores(path.substr(chain->base_length), is_folder);
    if (verdict) return *verdict;
  }
  return false;
}

// The chain for what `folder` holds: `above`, and the folder's own .gitignore where it has one.
Ignores enter(const std::string& folder, Ignores above) {
  // Another repository inside this one (a submodule) follows its own rules only.
  if (status_of(join(folder, ".git"))) above = nullptr;
  const std::string path = join(folder, ".gitignore");
  const auto status = status_of(path);
  if (!status || !S_ISREG(status->st_mode)) return above;
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return std::make_shared<IgnoreChain>(IgnoreFile(text), join(folder, "").size(), std::move(above));
}

// The chain of the folders above `folder`, from the root of its repository down.
Ignores enter_above(const fs::path& folder) {
  std::vector<fs::path> above;
  std::error_code failure;
  bool in_repository = fs::exists(folder / ".git", failure);
  for (fs::path at = folder; !in_repository && at.has_relative_path();) {
    at = at.parent_path();
    above.push_back(at);
    in_repository = fs::exists(at / ".git", failure);
  }
  Ignores chain;
  if (!in_repository) return chain;
  for (const fs::path& at : std::views::reverse(above)) chain = enter(at.string(), chain);
  return chain;
}

class Finder {
 public:
  explicit Finder(fs::path current_folder) : current_folder_(std::move(current_folder)) {}

  void add(const std::string& path);
  FileList take();

 private:
  using Id = std::tuple<dev_t, ino_t, std::string>;

  void walk(const fs::path& path);
  void list_pending();
  void list(const Folder& folder);
  void entry(const Folder& folder, const fs::directory_entry& entry, const Ignores& ignores);
  void add_file(InputFile file, const struct stat& status);
  bool enter_once(const struct stat& status);

  fs::path current_folder_;
  FileList list_;
  std::set<Id> files_;
  std::set<std::pair<dev_t, ino_t>> folders_;
  std::vector<Folder> pending_;
  // Links wait until all that is no link has been seen, so that a file keeps its own name.
  std::vector<Folder> linked_folders_;
  std::vector<InputFile> linked_files_;
};

FileList Finder::take() {
  for (std::size_t i = 0; i < list_.files.size(); ++i) list_.files[i].place = i;
  const auto tools = std::ranges::stable_partition(
      list_.files, [](const InputFile& file) { return !is_tool_file(file.path); });
  list_.tools.assign(std::make_move_iterator(tools.begin()), std::make_move_iterator(tools.end()));
  list_.files.erase(tools.begin(), tools.end());
  return std::move(list_);
}

bool Finder::enter_once(const struct stat& status) {
  return folders_.emplace(status.st_dev, status.st_ino).second;
}

void Finder::add_file(InputFile file, const struct stat& status) {
  // Two hard links are two files that happen to be stored once; only the path tells them apart.
  std::string path;
  if (status.st_nlink > 1) {
    std::error_code failure;
    path = fs::weakly_canonical(file.path, failure).string();
  }
  if (files_.emplace(status.st_dev, status.st_ino, path).second) {
    list_.files.push_back(std::move(file));
  }
}

void Finder::add(const std::string& path) {
  if (path == "-") {
    const auto is_stdin = [](const InputFile& file) { return file.path == "-"; };
    if (std::ranges::none_of(list_.files, is_stdin)) list_.files.push_back({"-", "-", true});
    return;
  }
  const fs::path absolute = current_folder_ / path;
  struct stat status = {};
  if (stat(absolute.c_str(), &status) != 0) {
    const std::error_code failure(errno, std::generic_category());
    const bool missing = failure == std::errc::no_such_file_or_directory;
    list_.errors.push_back(fail(display_name(path, current_folder_),
                                missing ? "there is no such file or folder"
                                        : fmt::format("cannot be read ({})", failure.message()),
                                missing ? similar_name_hint(absolute) : ""));
    return;
  }
  if (S_ISDIR(status.st_mode)) return walk(absolute);
  add_file({display_name(path, current_folder_), absolute.string(), true}, status);
}

void Finder::walk(const fs::path& path) {
  std::error_code failure;
  const fs::path canonical = fs::canonical(path, failure);
  if (failure) {
    list_.errors.push_back(fail(display_name(path, current_folder_),
                                fmt::format("cannot be read ({})", failure.message())));
    return;
  }
  // A link to a folder above would bring the walk back here.
  const auto visited = folders_;
  for (fs::path above = canonical; above.has_relative_path();) {
    above = above.parent_path();
    if (const auto status = status_of(above.string())) enter_once(*status);
  }
  const std::size_t first = list_.files.size();
  std::string name = display_name(path, current_folder_);
  if (name == ".") name.clear();
  if (const auto status = status_of(canonical.string()); status && enter_once(*status)) {
    pending_.push_back({canonical.string(), std::move(name), enter_above(canonical), false});
  }
  while (!pending_.empty() || !linked_files_.empty() || !linked_folders_.empty()) {
    list_pending();
    std::ranges::sort(linked_files_, {}, &InputFile::name);
    for (InputFile& file : std::exchange(linked_files_, {})) {
      if (const auto status = status_of(file.path)) add_file(std::move(file), *status);
    }
    std::ranges::sort(linked_folders_, {}, &Folder::name);
    for (Folder& folder : std::exchange(linked_folders_, {})) {
      const auto status = status_of(folder.path);
      if (status && enter_once(*status)) pending_.push_back(std::move(folder));
    }
  }
  std::sort(list_.files.begin() + static_cast<std::ptrdiff_t>(first), list_.files.end(),
            [](const InputFile& a, const InputFile& b) { return a.name < b.name; });
}

void Finder::list_pending() {
  while (!pending_.empty()) {
    const Folder folder = std::move(pending_.back());
    pending_.pop_back();
    list(folder);
  }
}

void Finder::list(const Folder& folder) {
  std::error_code failure;
  fs::directory_iterator entries(folder.path, failure);
  const Ignores ignores = enter(folder.path, folder.ignores);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    entry(folder, *entries, ignores);
  }
  if (failure) {
    list_.errors.push_back(fail(folder.name.empty() ? "." : folder.name,
                                fmt::format("cannot be listed ({})", failure.message())));
  }
}

void Finder::entry(const Folder& folder, const fs::directory_entry& entry, const Ignores& ignores) {
  const std::string& path = entry.path().native();
  const std::string own = entry.path().filename().string();
  std::error_code failure;
  const bool link = entry.is_symlink(failure);
  const bool is_folder = entry.is_directory(failure);
  if (is_folder ? own.starts_with('.') && !is_ci_folder(own)
                : !is_tool_file(path) && (folder.hidden || !is_input_name(entry.path()))) {
    return;
  }
  const bool hidden = folder.hidden || (is_folder && is_ci_folder(own));
  // To git a link is a file, whatever it leads to.
  if (ignored(ignores.get(), path, is_folder && !link)) return;

  std::string name = join(folder.name, own);
  const auto status = status_of(path);
  if (!status) {
    list_.skipped.push_back({std::move(name), "a link that leads nowhere"});
  } else if (is_folder && link) {
    linked_folders_.push_back({path, std::move(name), ignores, hidden});
  } else if (is_folder) {
    if (enter_once(*status)) pending_.push_back({path, std::move(name), ignores, hidden});
  } else if (!S_ISREG(status->st_mode)) {
    list_.skipped.push_back({std::move(name), "not a regular file"});
  } else if (link) {
    linked_files_.push_back({std::move(name), path, false});
  } else {
    add_file({std::move(name), path, false}, *status);
  }
}

// Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string display_name(const fs::path& path, const fs::path& current_folder) {
  fs::path clean = path.lexically_normal();
  const auto below = [](const fs::path& relative) {
    return !relative.empty() && *relative.begin() != "..";
  };
  if (clean.is_absolute()) {
    const fs::path relative = clean.lexically_relative(current_folder.lexically_normal());
    std::error_code failure;
    const fs::path resolved = fs::proximate(clean, current_folder, failure);
    if (below(relative)) {
      clean = relative;
    } else if (!failure && resolved.is_relative() && below(resolved)) {
      clean = resolved;
    }
  }
  std::string name = clean.generic_string();
  if (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

std::string similar_name_hint(const fs::path& path) {
  const fs::path clean = path.lexically_normal();
  const fs::path asked = clean.has_filename() ? clean : clean.parent_path();
  const std::string name = asked.filename().string();
  std::error_code failure;
  std::pair<std::size_t, std::string> best{1 + std::max<std::size_t>(1, name.size() / 4), ""};
  for (fs::directory_iterator at(asked.parent_path(), failure);
       !failure && at != fs::directory_iterator(); at.increment(failure)) {
    const std::string other = at->path().filename().string();
    // .yml for .yaml is the commonest slip of all.
    const bool other_extension = at->path().stem() == asked.stem() && is_input_name(at->path());
    best = std::min(best, {other_extension ? 0 : distance(name, other), other});
  }
  if (failure) return "there is no such folder either: check how the path begins";
  return best.second.empty() ? "" : fmt::format("did you mean {}?", best.second);
}

FileList find_files(std::span<const std::string> paths, const fs::path& current_folder,
                    std::span<const std::string> left_out) {
  Finder finder(current_folder);
  for (const std::string& path : paths) finder.add(path);
  FileList list = finder.take();
  for (const std::string& own : left_out) {
    const fs::path absolute = current_folder / own;
    const auto same = [&](const InputFile& file) {
      std::error_code failure;
      return fs::path(file.path).filename() == absolute.filename() &&
             fs::equivalent(file.path, absolute, failure);
    };
    std::erase_if(list.files, same);
  }
  return list;
}

}  // namespace meshcheck
