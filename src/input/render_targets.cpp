#include "input/render_targets.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "input/arena.h"
#include "input/file_bytes.h"
#include "input/kustomization.h"
#include "input/parse.h"
#include "input/split.h"

namespace meshcheck {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

std::string folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(file.substr(0, std::max<std::size_t>(slash, 1)));
}

// What `path`, as a file of `folder` writes it, is called in reports.
std::string resolve(std::string_view folder, std::string_view path) {
  std::string name = (fs::path(folder) / path).lexically_normal().generic_string();
  if (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

bool is_below(std::string_view file, std::string_view folder) {
  if (folder == ".") return !file.starts_with('/') && !file.starts_with("../");
  return file.size() > folder.size() && file.starts_with(folder) && file[folder.size()] == '/';
}

// A small file of one document, read for a few of its keys.
class Descriptor {
 public:
  explicit Descriptor(const InputFile& file) {
    auto bytes = FileBytes::read(file.path, file.name);
    if (!bytes) return;
    bytes_ = *std::move(bytes);
    source_.name = file.name;
    source_.text = bytes_.text();
    for (const Chunk& chunk : split(source_.text)) {
      const Parsed parsed = parse(source_, chunk, arena_);
      if (parsed.outcome != Parsed::Outcome::tree) continue;
      document_ = parsed.document;
      return;
    }
  }
  Node root() const { return document_ == nullptr ? Node{} : document_->root(); }
  const Document* document() const { return document_; }

 private:
  FileBytes bytes_;
  Source source_;
  Arena arena_;
  const Document* document_ = nullptr;
};

std::optional<RenderTarget> read_chart(const InputFile& file, const Names& files) {
  const Descriptor chart(file);
  const std::string_view name = chart.root()["name"].text();
  const bool is_chart = !name.empty() && !chart.root()["version"].text().empty();
  if (!is_chart || chart.root()["type"].text() == "library") return std::nullopt;
  RenderTarget target;
  target.renderer = Renderer::helm;
  target.folder = folder_of(file.name);
  target.file = file.name;
  target.chart = name;
  for (const std::string_view part :
       {"Chart.yaml", "requirements.yaml", "values.yaml", "values.schema.json"}) {
    const std::string own = resolve(target.folder, part);
    if (files.contains(own)) target.covers.insert(own);
  }
  for (const std::string_view part : {"templates", "charts", "crds"}) {
    const std::string folder = resolve(target.folder, part);
    for (const std::string& other : files) {
      if (is_below(other, folder)) target.covers.insert(other);
    }
  }
  return target;
}

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
  const Descriptor descriptor(file);
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

void cover(const std::string& folder, const Kustomizations& all, const Names& files,
           RenderTarget& target) {
  const auto found = all.find(folder);
  if (found == all.end() || !target.covers.insert(found->second.file).second) return;
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

void add_kustomizations(const FileList& list, const Names& files,
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
  for (const auto& [folder, kustomization] : all) {
    if (kustomization.component || referred.contains(folder)) continue;
    RenderTarget target;
    target.renderer = Renderer::kustomize;
    target.folder = folder;
    target.file = kustomization.file;
    cover(folder, all, files, target);
    targets.push_back(std::move(target));
  }
}

}  // namespace

std::vector<RenderTarget> find_render_targets(const FileList& list) {
  Names files;
  for (const InputFile& file : list.files) files.insert(file.name);
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
