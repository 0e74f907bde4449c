#include "cli/config.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/config_keys.h"
#include "cli/config_search.h"
#include "cli/config_sections.h"
#include "input/files.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

bool is_kubernetes_object(const std::string& path) {
  const Loaded loaded = load_own_file(path);
  return std::ranges::any_of(loaded.documents, [](const Document* document) {
    const Node root = document->root();
    return root["apiVersion"].is_scalar() && root["kind"].is_scalar();
  });
}

void read_version(ConfigReader& reader, Node root) {
  const Node version = root["version"];
  if (!version) {
    reader.refuse(root, "the configuration has no `version`", "begin it with `version: 1`");
  } else if (version.text() != "1") {
    reader.refuse(
        version,
        version.is_scalar()
            ? fmt::format("`version` is `{}`; this meshcheck knows 1", version.text())
            : fmt::format("`version` is {}; this meshcheck knows 1", describe_kind(version)));
  }
}

void read_root(ConfigReader& reader, Node root, Config& config) {
  if (!reader.keys(root, "the configuration", config_keys())) return;
  read_version(reader, root);
  config.select = read_words(reader, root["select"], "select");
  config.ignore = read_words(reader, root["ignore"], "ignore");
  read_severities(reader, root["severities"], config.severities);
  read_parameters(reader, root["parameters"], config);
  read_overrides(reader, root["overrides"], config);
  read_team_label(reader, root["team-label"], config.settings);
  read_budgets(reader, root["budgets"], config.settings);
  read_rates(reader, root["rps"], config.settings);
  read_investigations(reader, root["investigations"], config.settings);
  read_support(reader, root["support"], config.settings);
  read_suppressions(reader, root["suppressions"], config);
}

}  // namespace

// Our own reader, and not yaml-cpp: see docs/decisions/0006.
Loaded load_own_file(const std::string& path) {
  LoadOptions how;
  how.parse_all = true;
  how.threads = 1;
  how.values_files = {path};  // whatever it looks like
  const std::array<std::string, 1> paths = {path};
  return load(paths, how);
}

namespace {

// Which of two keys holds is a question of manifests: here neither does.
Error twice(const Finding& finding) {
  const std::string key = finding.message.substr(0, finding.message.find(" stands twice"));
  const auto& first = finding.related.front().location;
  return fail("", fmt::format("{} stands twice: first on line {}", key, first ? first->line : 0),
              "keep one of the two");
}

}  // namespace

void refuse_unreadable(const Loaded& loaded, std::vector<Error>& errors) {
  for (const Error& error : loaded.errors) errors.push_back(error);
  for (const Finding& finding : loaded.findings) {
    Error error = finding.rule == "MC008" ? twice(finding) : fail("", finding.message);
    error.location = finding.location;
    errors.push_back(std::move(error));
  }
}

std::string find_config(const std::string& first) {
  std::error_code failure;
  for (const fs::path& folder : folders_above(first)) {
    const fs::path file = folder / kConfigName;
    if (fs::is_regular_file(file, failure) && !is_kubernetes_object(file.string())) {
      return file.string();
    }
  }
  return {};
}

ConfigRead read_config(const std::string& path) {
  ConfigRead read;
  std::error_code failure;
  if (path == "-" || fs::is_directory(path, failure)) {
    read.errors.push_back(fail("--config", fmt::format("`{}` is no file", path),
                               "name a file: --config meshcheck.yaml"));
    return read;
  }
  read.source = std::make_shared<const Loaded>(load_own_file(path));
  const Loaded& loaded = *read.source;
  refuse_unreadable(loaded, read.errors);
  const auto roots = std::ranges::count_if(
      loaded.documents, [](const Document* document) { return bool(document->root()); });
  if (roots == 0 && read.errors.empty()) {
    Error empty = fail("", "the configuration is empty", "begin it with `version: 1`");
    empty.location.emplace();
    empty.location->file = display_name(path, fs::current_path());
    empty.location->line = empty.location->column = 1;
    read.errors.push_back(std::move(empty));
  }
  ConfigReader reader(read.errors);
  bool first = true;
  for (const Document* document : loaded.documents) {
    const Node root = document->root();
    if (!root) continue;
    if (first) {
      read.root = root;
      read_root(reader, root, read.config);
    } else {
      reader.refuse(root, "the configuration is one document; a second begins here");
    }
    first = false;
  }
  std::ranges::stable_sort(read.errors, {}, [](const Error& error) {
    return error.location ? std::pair(error.location->line, error.location->column)
                          : std::pair<std::uint32_t, std::uint32_t>();
  });
  read.config.path = path;
  return read;
}

ConfigRead configure(const InputOptions& options) {
  ConfigRead read;
  if (options.isolated && !options.config.empty()) {
    read.errors.push_back(fail("--isolated", "--isolated and --config contradict each other",
                               "leave one out, or unset MESHCHECK_CONFIG"));
    return read;
  }
  std::string path = options.config;
  if (path.empty()) {
    path = find_config(first_path(options));
  }
  if (path.empty()) return read;
  if (options.isolated) {
    read.config.path = path;  // it is no manifest either
    return read;
  }
  return read_config(path);
}

}  // namespace meshcheck::cli
