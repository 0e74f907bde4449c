#include "input/kustomization.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "input/reader_findings.h"

namespace meshcheck {
namespace {

// Fields that list files or concern the build, and change nothing in the objects
// (kustomize: api/types/kustomization.go).
constexpr std::array<std::string_view, 9> kHarmless = {
    "apiVersion", "kind",    "metadata",      "resources",  "bases",
    "crds",       "openapi", "buildMetadata", "sortOptions"};

std::string_view folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : file.substr(0, slash);
}

}  // namespace

bool is_kustomization(std::string_view file) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

std::vector<std::string> patch_files(const Document& kustomization) {
  const std::filesystem::path folder = folder_of(kustomization.source->name);
  std::vector<std::string> files;
  const auto add = [&](Node path) {
    // A strategic merge patch may also stand there itself, as YAML of several lines.
    const std::string_view text = path.text();
    if (text.empty() || text.find('\n') != std::string_view::npos) return;
    files.push_back((folder / text).lexically_normal().generic_string());
  };
  const Node root = kustomization.root();
  for (const Node patch : root["patches"].items()) add(patch["path"]);
  for (const Node patch : root["patchesJson6902"].items()) add(patch["path"]);
  for (const Node patch : root["patchesStrategicMerge"].items()) add(patch);
  return files;
}

std::optional<Finding> unrendered(const Document& kustomization) {
  std::vector<std::string_view> changes;
  Node first;
  for (const Entry entry : kustomization.root().entries()) {
    const std::string_view field = entry.key.text();
    if (std::ranges::find(kHarmless, field) != kHarmless.end()) continue;
    if (!first) first = entry.key;
    changes.push_back(field);
  }
  if (!first) return std::nullopt;
  const std::string_view folder = folder_of(kustomization.source->name);
  const std::string_view shown = folder.empty() ? std::string_view(".") : folder;
  Finding finding = unrendered_finding(
      fmt::format("kustomization is not rendered: the files here are judged without its {}",
                  fmt::join(changes, ", ")),
      fmt::format("Audit what it renders: --render, or kustomize build {} | meshcheck audit -",
                  shown));
  finding.location = first.location();
  finding.field = changes.front();
  finding.object = {"kustomize.config.k8s.io/v1beta1", "Kustomization", "", std::string(shown), ""};
  return finding;
}

}  // namespace meshcheck
