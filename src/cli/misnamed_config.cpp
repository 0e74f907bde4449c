#include "cli/misnamed_config.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/config_search.h"
#include "input/files.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

// Others' files may have such a name; ours begin with a version.
bool says_version(const std::string& path) {
  const Loaded loaded = load_own_file(path);
  return std::ranges::any_of(loaded.documents, [](const Document* document) {
    const Node root = document->root();
    return root["version"].text() == "1" && !root["kind"];
  });
}

}  // namespace

std::optional<Error> misnamed_config(const InputOptions& options, const Config& found) {
  if (!found.path.empty() || options.isolated) return std::nullopt;
  std::error_code failure;
  for (const fs::path& folder : folders_above(first_path(options))) {
    for (const char* other : {"meshcheck.yml", ".meshcheck.yaml", ".meshcheck.yml"}) {
      const fs::path file = folder / other;
      if (!fs::is_regular_file(file, failure) || !says_version(file.string())) continue;
      const std::string name = display_name(file, fs::current_path());
      return fail("", fmt::format("{} is not read: call it {}", name, kConfigName),
                  fmt::format("or name it: --config {}", name));
    }
  }
  return std::nullopt;
}

}  // namespace meshcheck::cli
