#include "cli/report_targets.h"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "cli/baseline_file.h"
#include "cli/scope.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

void add_all(std::vector<std::string>& files, const std::vector<std::string>& more) {
  files.insert(files.end(), more.begin(), more.end());
}

// A manifest, or YAML that may be values. JSON without a kind is an earlier report as well as not.
bool is_input(const Document& document) {
  const Node root = document.root();
  const std::string_view name = document.source->name;
  return (root["kind"] && root["apiVersion"]) || (root.is_mapping() && !name.ends_with(".json"));
}

void add_folder(std::vector<std::string>& files, const std::string& folder) {
  std::error_code failure;
  for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    files.push_back(at->path().string());
  }
}

// What helm and kustomize read.
void add_rendered(std::vector<std::string>& files, std::span<const RenderedTree> trees) {
  for (const RenderedTree& tree : trees) {
    const RenderTarget& target = tree.target;
    files.insert(files.end(), target.covers.begin(), target.covers.end());
    files.insert(files.end(), target.reads.begin(), target.reads.end());
    // A folder that a kustomization names is a kustomization's: what that names is in the list.
    if (target.renderer != Renderer::helm) continue;
    for (const std::string& name : target.reads) add_folder(files, name);
  }
}

// Device and number of a file; nothing where it is none, as /dev/null, which is never replaced.
using Identity = std::pair<dev_t, ino_t>;

std::optional<Identity> identity_of(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
  return Identity(found.st_dev, found.st_ino);
}

}  // namespace

std::vector<std::string> files_judged(const InputOptions& options, const Config& config,
                                      const ReadMeshes& read) {
  std::vector<std::string> files = paths_of(options);
  add_all(files, options.proxy_status);
  add_all(files, options.metrics);
  add_all(files, options.versions);
  add_all(files, options.istioctl_analyze);
  files.push_back(options.live.snapshot);
  files.push_back(options.live.kubeconfig);
  files.push_back(config.path);
  files.push_back(baseline_path(options));
  std::ranges::replace(files, "-", "/dev/stdin");
  // Of what a folder holds: names are kept once, for an object is a document of its file.
  std::unordered_set<std::string> found;
  for (const Document* document : read.loaded.documents) {
    if (is_input(*document)) found.insert(document->source->name);
  }
  for (const Finding& finding : read.loaded.findings) {
    if (finding.location) found.insert(finding.location->file);
  }
  for (const ToolPin& pin : read.observed->tool_pins) found.insert(pin.at.file);
  files.insert(files.end(), found.begin(), found.end());
  add_rendered(files, read.trees);
  std::erase(files, "");
  return files;
}

std::optional<Error> replaced_input(std::span<const Output> outputs,
                                    std::span<const std::string> files) {
  for (const Output& output : outputs) {
    const auto target = identity_of(output.file);
    const bool read = target && std::ranges::any_of(files, [&](const std::string& file) {
                        return identity_of(file) == target;
                      });
    if (!read) continue;
    return fail("--output", fmt::format("the report would replace an input: {}", output.file),
                fmt::format("give it a file of its own: -o {}=FILE", output.format->name));
  }
  return std::nullopt;
}

}  // namespace meshcheck::cli
