#include "input/tool_files.h"

#include <algorithm>
#include <array>

namespace meshcheck {
namespace {

bool is_yaml(std::string_view name) { return name.ends_with(".yml") || name.ends_with(".yaml"); }

std::string_view without_extension(std::string_view name) {
  return name.substr(0, name.rfind('.'));
}

// CI configuration that its own tool finds by this name, in any folder of a repository.
bool is_ci_name(std::string_view name) {
  constexpr std::array<std::string_view, 9> kStems = {
      ".gitlab-ci", ".travis",   ".drone",   "azure-pipelines", "bitbucket-pipelines",
      "cloudbuild", "buildspec", "Taskfile", ".woodpecker"};
  if (name == "Jenkinsfile") return true;
  return is_yaml(name) && (std::ranges::find(kStems, without_extension(name)) != kStems.end() ||
                           name.ends_with(".gitlab-ci.yml"));
}

bool is_dockerfile(std::string_view name) {
  for (const std::string_view word : {"Dockerfile", "Containerfile"}) {
    if (!name.starts_with(word)) continue;
    const std::string_view rest = name.substr(word.size());
    if (rest.empty() || (rest[0] == '.' && !is_yaml(name) && !name.ends_with(".json"))) return true;
  }
  return name.ends_with(".Dockerfile") || name.ends_with(".dockerfile");
}

bool is_other(std::string_view name) {
  constexpr std::array<std::string_view, 7> kNames = {"Makefile",       "makefile",  "GNUmakefile",
                                                      ".tool-versions", "mise.toml", ".mise.toml",
                                                      "justfile"};
  return std::ranges::find(kNames, name) != kNames.end() || name.ends_with(".mk") ||
         name.ends_with(".sh") || name.ends_with(".bash");
}

// The last folders only: a whole checkout may lie below a folder of such a name.
bool lies_in(std::string_view path, std::string_view folder) {
  const std::string_view above = path.substr(0, path.rfind('/') + 1);
  return above == folder ||
         (above.ends_with(folder) && above[above.size() - folder.size() - 1] == '/');
}

}  // namespace

bool is_tool_file(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (is_ci_name(name) || is_dockerfile(name) || is_other(name)) return true;
  if (!is_yaml(name)) return false;
  const bool action =
      name.starts_with("action.") && path.find(".github/actions/") != std::string_view::npos;
  return action || lies_in(path, ".github/workflows/") || lies_in(path, ".circleci/") ||
         lies_in(path, ".gitlab/") || lies_in(path, ".gitlab/ci/");
}

bool is_ci_folder(std::string_view name) {
  return name == ".github" || name == ".circleci" || name == ".gitlab";
}

}  // namespace meshcheck
