#include "live/kubeconfig_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>

#include "input/file_bytes.h"

namespace meshcheck::live {
namespace {

// The elements of a list with colons between: none empty, none twice.
std::vector<std::string> elements(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t colon = std::min(list.find(':'), list.size());
    std::string name(list.substr(0, colon));
    list.remove_prefix(std::min(colon + 1, list.size()));
    if (!name.empty() && std::ranges::find(names, name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

bool is_missing(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
}

// Like ssh and helm: who may read the file may act as its users.
std::optional<std::string> exposed(const std::string& path, const std::string& name,
                                   const Kubeconfig& config) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const bool secret = std::ranges::any_of(
      config.users, [](const auto& user) { return user.second.holds_secret(); });
  const bool others = (status.st_mode & S_IROTH) != 0;
  if (!secret || (status.st_mode & (S_IRGRP | S_IROTH)) == 0) return std::nullopt;
  return fmt::format("{} holds credentials and can be read by {}: chmod 600 {}", name,
                     others ? "everybody on this machine" : "its group", name);
}

void load(const std::string& name, const Host& host, LoadedKubeconfigs& loaded) {
  const std::string path = path_from(host.working_directory, name);
  const Result<FileBytes> bytes = FileBytes::read(path, name);
  if (!bytes) {
    Error error = bytes.error();
    if (error.hint.empty()) error.hint = "a kubeconfig must be a file that you may read";
    loaded.errors.push_back(std::move(error));
    return;
  }
  const Source source{name, bytes.value().text()};
  KubeconfigRead read = read_kubeconfig(source);
  std::ranges::move(read.errors, std::back_inserter(loaded.errors));
  std::ranges::move(read.warnings, std::back_inserter(loaded.warnings));
  if (auto warning = exposed(path, name, read.config)) {
    loaded.warnings.push_back(*std::move(warning));
  }
  loaded.files.push_back(name);
  read.config.resolve_paths(std::filesystem::path(path).parent_path().string());
  loaded.config.add(std::move(read.config));
}

}  // namespace

LoadedKubeconfigs load_kubeconfigs(const std::string& flag, const Host& host) {
  LoadedKubeconfigs loaded;
  if (!flag.empty()) {
    loaded.searched = fmt::format("--kubeconfig names {}", flag);
    if (is_missing(path_from(host.working_directory, flag))) {
      loaded.errors.push_back(
          fail("--kubeconfig", fmt::format("stat {}: no such file or directory", flag),
               "name a file that exists, or leave the flag out to read KUBECONFIG or "
               "~/.kube/config"));
      return loaded;
    }
    load(flag, host, loaded);
    return loaded;
  }
  std::vector<std::string> names;
  if (const auto list = variable(host, "KUBECONFIG"); list && !list->empty()) {
    names = elements(*list);
    loaded.searched = fmt::format("KUBECONFIG names {}", fmt::join(names, ", "));
    if (names.empty()) loaded.searched = "KUBECONFIG names no file";
  } else if (const auto home = variable(host, "HOME"); home && !home->empty()) {
    names.push_back(fmt::format("{}/.kube/config", *home));
    loaded.searched = fmt::format("KUBECONFIG is not set, the usual file is {}", names.front());
  } else {
    loaded.searched = "neither KUBECONFIG nor HOME is set";
  }
  for (const std::string& name : names) {
    if (!is_missing(path_from(host.working_directory, name))) load(name, host, loaded);
  }
  if (!names.empty() && loaded.files.empty() && loaded.errors.empty()) {
    loaded.searched += names.size() == 1 ? " (it does not exist)" : " (none exists)";
  }
  return loaded;
}

}  // namespace meshcheck::live
