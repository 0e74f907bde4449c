#include "mesh/values_layers.h"

#include <algorithm>

#include "mesh/build.h"

namespace meshcheck {
namespace {

std::string_view file_of(Node root) { return root.document()->source->name; }

// A path as folder (with its slash) and name without extension.
struct FileName {
  std::string_view folder;
  std::string_view stem;

  explicit FileName(std::string_view path) {
    const auto slash = path.rfind('/');
    folder = path.substr(0, slash == std::string_view::npos ? 0 : slash + 1);
    stem = path.substr(folder.size());
    stem = stem.substr(0, stem.rfind('.'));
  }
};

// `values-prod`, `prod-values` and the like. `values-1.23` is another version's file, whole.
bool is_overlay_name(std::string_view stem) {
  constexpr std::string_view kWord = "values";
  constexpr std::string_view kJoints = "-._";
  if (stem.size() < kWord.size() + 2) return false;
  if (stem.starts_with(kWord) && kJoints.find(stem[kWord.size()]) != std::string_view::npos) {
    const char first = stem[kWord.size() + 1];
    return first < '0' || first > '9';
  }
  return stem.ends_with(kWord) &&
         kJoints.find(stem[stem.size() - kWord.size() - 1]) != std::string_view::npos;
}

// A few keys alone do not tell whose they are; those that the base has are the base's chart's.
bool extends(Node root, Node base) {
  if (is_values_document(root)) return true;
  const auto entries = root.entries();
  return entries.begin() != entries.end() && std::ranges::all_of(entries, [&](const Entry& entry) {
           return bool(base[entry.key.text()]);
         });
}

bool of_one_release(Node lower, Node upper) {
  const Node revision = upper["revision"];
  return !revision || revision.text() == lower["revision"].text();
}

}  // namespace

Node find_base(Node root, std::span<const Node> values) {
  if (!root.is_mapping() || root["kind"]) return {};
  const FileName name(file_of(root));
  if (!is_overlay_name(name.stem)) return {};
  for (const Node base : values) {
    const FileName candidate(file_of(base));
    if (candidate.folder == name.folder && candidate.stem == "values" && extends(root, base)) {
      return base;
    }
  }
  return {};
}

std::vector<ValuesLayers> layer_files(std::span<const Node> values,
                                      std::span<const std::string> named) {
  std::vector<ValuesLayers> releases;
  ValuesLayers explicit_layers;
  for (const std::string& file : named) {
    for (const Node root : values) {
      if (file_of(root) != file || std::ranges::count(explicit_layers, root) != 0) continue;
      const bool joins = !explicit_layers.empty() && of_one_release(releases.back().front(), root);
      if (!joins) releases.emplace_back();
      releases.back().push_back(root);
      explicit_layers.push_back(root);
    }
  }
  std::vector<Node> bases;
  std::vector<ValuesLayers> found;
  for (const Node root : values) {
    if (std::ranges::count(explicit_layers, root) != 0) continue;
    const Node base = find_base(root, values);
    if (base) bases.push_back(base);
    found.push_back(base ? ValuesLayers{base, root} : ValuesLayers{root});
  }
  for (ValuesLayers& layers : found) {
    const bool beneath = layers.size() == 1 && std::ranges::count(bases, layers.front()) != 0;
    if (!beneath) releases.push_back(std::move(layers));
  }
  return releases;
}

}  // namespace meshcheck
