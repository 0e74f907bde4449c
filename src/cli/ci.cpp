#include "cli/ci.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

// GitHub refuses a summary whole that is larger (docs.github.com: "Adding a job summary").
constexpr std::size_t kMostSummary = std::size_t{1024} * 1024;

std::string value_of(const char* name, const Surroundings& surroundings) {
  return surroundings.environment(name).value_or("");
}

bool is_below(const fs::path& folder, const fs::path& root) {
  const fs::path relative = folder.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

// The nearest folder at or above it with a `.git`, or nothing.
fs::path checkout_of(const fs::path& folder) {
  std::error_code failure;
  for (fs::path at = folder; at.has_relative_path(); at = at.parent_path()) {
    if (fs::exists(at / ".git", failure)) return at;
  }
  return {};
}

// The folder that holds all of them; nothing where one is in no folder.
std::optional<fs::path> common_folder(const std::vector<std::string>& paths) {
  std::optional<fs::path> common;
  for (const std::string& path : paths) {
    std::error_code failure;
    if (path == "-") return {};
    fs::path folder = fs::weakly_canonical(path, failure);
    if (failure) return {};
    if (!fs::is_directory(folder, failure)) folder = folder.parent_path();
    if (!common) common = folder;
    while (!is_below(folder, *common) && common->has_relative_path()) {
      common = common->parent_path();
    }
  }
  return common;
}

fs::path repository_of(const fs::path& folder, const std::optional<fs::path>& inputs,
                       const Surroundings& surroundings) {
  const fs::path here = checkout_of(folder);
  if (inputs && (here.empty() || !is_below(*inputs, here))) {
    if (const fs::path there = checkout_of(*inputs); !there.empty()) return there;
  }
  if (!here.empty()) return here;
  for (const char* name : {"GITHUB_WORKSPACE", "CI_PROJECT_DIR"}) {
    const std::string value = value_of(name, surroundings);
    if (value.empty()) continue;
    std::error_code failure;
    const fs::path root = fs::weakly_canonical(value, failure);
    if (failure) continue;
    if (is_below(folder, root) || (inputs && is_below(*inputs, root))) return root;
  }
  return {};
}

// The address of a file of the commit that is checked, but for its path.
std::string file_url(const Surroundings& surroundings) {
  const auto get = [&](const char* name) { return value_of(name, surroundings); };
  const std::string server = get("GITHUB_SERVER_URL");
  const std::string repository = get("GITHUB_REPOSITORY");
  if (const std::string sha = get("GITHUB_SHA");
      !server.empty() && !repository.empty() && !sha.empty()) {
    return fmt::format("{}/{}/blob/{}/", server, repository, sha);
  }
  const std::string project = get("CI_PROJECT_URL");
  const std::string sha = get("CI_COMMIT_SHA");
  return project.empty() || sha.empty() ? "" : fmt::format("{}/-/blob/{}/", project, sha);
}

}  // namespace

void describe_repository(const fs::path& folder, const Surroundings& surroundings,
                         ReportStyle& style, const std::vector<std::string>& paths) {
  const fs::path root = repository_of(folder, common_folder(paths), surroundings);
  if (root.empty()) return;
  style.repository = root.generic_string();
  const fs::path below = folder.lexically_relative(root);
  style.folder = below == "." ? "" : below.generic_string();
  style.file_url = file_url(surroundings);
}

std::string category_of(const std::vector<std::string>& paths, const ReportStyle& style) {
  const std::optional<fs::path> common = common_folder(paths);
  const fs::path root = style.repository.empty() ? fs::current_path() : fs::path(style.repository);
  if (!common || !is_below(*common, root)) return {};
  const fs::path below = common->lexically_relative(root);
  return below == "." ? "" : below.generic_string();
}

std::optional<Error> append_step_summary(const Report& report, ReportStyle style,
                                         const Surroundings& surroundings) {
  const std::string path = value_of("GITHUB_STEP_SUMMARY", surroundings);
  if (path.empty()) return std::nullopt;
  const auto format = std::ranges::find(report_formats(), "markdown", &ReportFormat::name);
  std::error_code failure;
  const auto there = fs::exists(path, failure) ? fs::file_size(path, failure) : 0;
  style.most_bytes = kMostSummary - std::min<std::size_t>(kMostSummary, failure ? 0 : there);
  std::ostringstream text;
  format->write(report, style, text);
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::app);
  out << text.str() << std::flush;
  if (out) return std::nullopt;
  return fail("GITHUB_STEP_SUMMARY", fmt::format("cannot write {}: {}", path, std::strerror(errno)),
              "unset GITHUB_STEP_SUMMARY to do without a summary");
}

}  // namespace meshcheck::cli
