#include "input/render_targets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "input/chart_files.h"
#include "input/descriptor.h"
#include "input/kustomization.h"
#include "input/report_paths.h"

namespace meshcheck {
namespace {

using Names = std::set<std::string, std::less<>>;

// One kustomization, with what it names, all as reports call it.
struct Kustomization {
  std::string file;
  bool component = false;  // built only as a part of others
  Names paths;             // files and folders
  Names patches;
};

void add_generated(Node generator, const std::string& folder, Names& paths) {
  for (const char* key : {"files", "envs"}) {
    for (const Node item : generator[key].items()) {
      const std::string_view text = item.text();
      const std::size_t equals = text.find('=');
      paths.insert(
          resolve(folder, equals == std::string_view::npos ? text : text.substr(equals + 1)));
    }
  }
  if (generator["env"]) paths.insert(resolve(folder, generator["env"].text()));
}

// (kustomize: api/types/kustomization.go)
std::optional<Kustomization> read_kustomization(const InputFile& file) {
  const Descriptor descriptor(file.path, file.name);
  const Node root = descriptor.root();
  const std::string_view api = root["apiVersion"].text();
  const std::string_view kind = root["kind"].text();
  // Flux has a Kustomization too, and people call its file so.
  const bool own = api.empty() || api.starts_with("kustomize.config.k8s.io/");
  if (!root.is_mapping() || !own ||
      !(kind.empty() || kind == "Kustomization" || kind == "Component")) {
    return std::nullopt;
  }
  Kustomization out;
  out.file = file.name;
  out.component = kind == "Component";
  const std::string folder = folder_of(file.name);
  const auto add = [&](Node path) {
    const std::string_view text = path.text();
    const bool here = !text.empty() && text.find('\n') == std::string_view::npos &&
                      text.find("://") == std::string_view::npos;
    if (here) out.paths.insert(resolve(folder, text));
  };
  for (const char* key : {"resources", "bases", "components", "generators", "transformers",
                          "validators", "configurations", "crds"}) {
    for (const Node item : root[key].items()) add(item);
  }
  for (const Node item : root["replacements"].items()) add(item["path"]);
  add(root["openapi"]["path"]);
  for (const char* key : {"configMapGenerator", "secretGenerator"}) {
    for (const Node item : root[key].items()) add_generated(item, folder, out.paths);
  }
  for (const Node chart : root["helmCharts"].items()) {
    add(chart["valuesFile"]);
    for (const Node values : chart["additionalValuesFiles"].items()) add(values);
  }
  for (std::string& patch : patch_files(*descriptor.document())) {
    out.paths.insert(patch);
    out.patches.insert(std::move(patch));
  }
  return out;
}

using Kustomizations = std::map<std::string, Kustomization, std::less<>>;  // by folder

void cover(const std::string& folder, const Kustomizations& all, const FilePaths& files,
           RenderTarget& target) {
  const auto found = all.find(folder);
  if (found == all.end() || !target.covers.insert(found->second.file).second) return;
  target.reads.insert(found->second.file);
  target.reads.insert(found->second.paths.begin(), found->second.paths.end());
  target.patches.insert(found->second.patches.begin(), found->second.patches.end());
  for (const std::string& path : found->second.paths) {
    if (files.contains(path)) target.covers.insert(path);
    cover(path, all, files, target);
  }
}

// In the input of one chart that is rendered.
bool is_inside(const RenderTarget& target, const std::string& file) {
  return target.renderer == Renderer::helm && target.covers.contains(file);
}

void add_kustomizations(const FileList& list, const FilePaths& files,
                        std::vector<RenderTarget>& targets) {
  Kustomizations all;
  for (const InputFile& file : list.files) {
    if (!is_kustomization(file.name)) continue;
    const bool inside = std::ranges::any_of(
        targets, [&](const RenderTarget& chart) { return is_inside(chart, file.name); });
    if (inside) continue;
    if (auto read = read_kustomization(file)) all.emplace(folder_of(file.name), *std::move(read));
  }
  Names referred;
  for (const auto& [folder, kustomization] : all) {
    for (const std::string& path : kustomization.paths) {
      if (path != folder) referred.insert(path);
    }
  }
  Names built;  // kustomizations
  const auto build = [&](const std::string& folder, const Kustomization& kustomization) {
    RenderTarget target;
    target.renderer = Renderer::kustomize;
    target.folder = folder;
    target.file = kustomization.file;
    cover(folder, all, files, target);
    built.insert(target.covers.begin(), target.covers.end());
    targets.push_back(std::move(target));
  };
  for (const auto& [folder, kustomization] : all) {
    if (!kustomization.component && !referred.contains(folder)) build(folder, kustomization);
  }
  // No root leads to a circle, of which kustomize will say so, nor to what an unused component
  // refers to.
  for (const auto& [folder, kustomization] : all) {
    const bool lost = !built.contains(kustomization.file) && referred.contains(folder);
    if (!kustomization.component && lost) build(folder, kustomization);
  }
}

}  // namespace

std::vector<RenderTarget> find_render_targets(const FileList& list) {
  FilePaths files;
  for (const InputFile& file : list.files) files.emplace(file.name, file.path);
  std::vector<RenderTarget> targets;
  for (const InputFile& file : list.files) {
    if (file.name != "Chart.yaml" && !file.name.ends_with("/Chart.yaml")) continue;
    if (auto chart = read_chart(file, files)) targets.push_back(*std::move(chart));
  }
  // A chart within another one is rendered as a part of that.
  const std::vector<RenderTarget> charts = targets;
  std::erase_if(targets, [&](const RenderTarget& target) {
    return std::ranges::any_of(charts, [&](const RenderTarget& other) {
      return other.folder != target.folder && is_inside(other, target.file);
    });
  });
  add_kustomizations(list, files, targets);
  std::ranges::sort(targets, {}, [](const RenderTarget& target) {
    return std::pair(target.folder, target.renderer);
  });
  return targets;
}

}  // namespace meshcheck
