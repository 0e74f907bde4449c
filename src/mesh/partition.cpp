#include "mesh/partition.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "mesh/values_layers.h"
#include "meshcheck/alerts.h"

namespace meshcheck {
namespace {

using Group = std::vector<const Document*>;

std::string_view file_of(const Document& document) { return document.source->name; }

std::string_view folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? std::string_view(".") : file.substr(0, slash);
}

bool is_kustomization(const Document& document) {
  const std::string_view file = file_of(document);
  const std::size_t slash = file.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? file : file.substr(slash + 1);
  return name == kKustomizeBuild || name == "kustomization.yaml" || name == "kustomization.yml" ||
         name == "Kustomization";
}

bool is_values(const Document& document, const PartitionOptions& options) {
  const Node root = document.root();
  if (!root.is_mapping()) return false;
  const std::vector<std::string>& named = options.build.values_files;
  if (std::ranges::find(named, file_of(document)) != named.end()) return true;
  return is_values_document(root);
}

// Those beside or below a kustomization that it gives to Istio's charts, whatever they hold.
std::set<std::string> named_by_kustomizations(std::span<const Document* const> documents) {
  std::set<std::string> files;
  for (const Document* document : documents) {
    if (!is_kustomization(*document)) continue;
    const std::string_view folder = folder_of(file_of(*document));
    for (std::string_view file : values_files_of(document->root())) {
      while (file.starts_with("./")) file.remove_prefix(2);
      files.insert(folder == "." ? std::string(file) : fmt::format("{}/{}", folder, file));
    }
  }
  return files;
}

// Values files, and overlays of one that do not show by themselves what they are.
std::vector<Node> find_values(std::span<const Document* const> documents,
                              const PartitionOptions& options) {
  const std::set<std::string> named = named_by_kustomizations(documents);
  std::vector<Node> values;
  for (const Document* document : documents) {
    const Node root = document->root();
    const bool given = !named.empty() && root.is_mapping() && !root["kind"] &&
                       named.contains(std::string(file_of(*document)));
    if (!document->patch && (given || is_values(*document, options))) values.push_back(root);
  }
  if (values.empty()) return values;
  const std::vector<Node> recognised = values;
  for (const Document* document : documents) {
    const Node root = document->root();
    if (document->patch || std::ranges::count(recognised, root) != 0) continue;
    if (find_base(root, recognised)) values.push_back(root);
  }
  return values;
}

using Identity = std::tuple<std::string, std::string, std::string>;

Identity identity_of(const ControlPlane& plane) {
  return {plane.name_space, plane.name, plane.revision};
}

std::string_view file_of(const ControlPlane& plane) {
  return plane.anchor.document() == nullptr ? std::string_view{}
                                            : file_of(*plane.anchor.document());
}

// What a cluster holds once only, whatever revision it installs. istioctl reads its file and asks
// for no name: two IstioOperators of one name may well be two revisions of one mesh.
bool is_one_of_a_cluster(const ObjectRef& object) {
  return object.kind == "HelmRelease" || object.kind == "Application" ||
         object.kind == "ApplicationSet" || object.kind == "Istio";
}

// True where two control planes of one identity, or asked for by objects of one name, come from
// different files, or values files say that they are of different environments.
bool holds_several(std::span<const ControlPlane> planes) {
  std::map<Identity, std::string_view> seen;
  std::map<Identity, std::string_view> asked;
  std::set<std::string> environments;
  const auto in_two_files = [](auto& known, const Identity& identity, std::string_view file) {
    const auto [at, fresh] = known.emplace(identity, file);
    return !fresh && at->second != file;
  };
  return std::ranges::any_of(planes, [&](const ControlPlane& plane) {
    const std::string_view file = file_of(plane);
    const ObjectRef& object = plane.object;
    if (in_two_files(seen, identity_of(plane), file)) return true;
    if (is_one_of_a_cluster(object)) {
      return in_two_files(asked, {object.kind, object.name_space, object.name}, file);
    }
    if (object.kind != "Values") return false;
    if (std::string word = environment_of(file); !word.empty()) environments.insert(word);
    return environments.size() > 1;
  });
}

// The roots of meshes: folders and, where one folder's files hold several istiods of one identity,
// those files.
std::set<std::string, std::less<>> find_roots(std::span<const Document* const> documents,
                                              std::span<const ControlPlane> planes) {
  std::set<std::string, std::less<>> roots;
  for (const Document* document : documents) {
    if (is_kustomization(*document)) roots.emplace(folder_of(file_of(*document)));
  }
  std::map<std::string_view, std::vector<ControlPlane>> by_folder;
  for (const ControlPlane& plane : planes) by_folder[folder_of(file_of(plane))].push_back(plane);
  for (const auto& [folder, members] : by_folder) {
    if (!holds_several(members)) {
      roots.emplace(folder);
      continue;
    }
    for (const ControlPlane& plane : members) roots.emplace(file_of(plane));
  }
  return roots;
}

// The nearest root at or above the file, or empty.
std::string root_of(std::string_view file, const std::set<std::string, std::less<>>& roots) {
  for (std::string_view at = file;;) {
    if (roots.contains(at)) return std::string(at);
    const std::string_view above = folder_of(at);
    if (at == ".") return {};
    at = above;
  }
}

// A values file that others are laid over belongs to the mesh of each of them, and is none itself.
void share_bases(std::span<const Node> values, std::map<std::string, Group>& groups) {
  std::map<const Document*, std::vector<std::string>> wanted;
  for (const auto& [root, members] : groups) {
    for (const Document* document : members) {
      const bool is_value = std::ranges::count(values, document->root()) != 0;
      const Node base = is_value ? find_base(document->root(), values) : Node{};
      if (base) wanted[base.document()].push_back(root);
    }
  }
  for (const auto& [base, roots] : wanted) {
    for (auto& [root, members] : groups) std::erase(members, base);
    for (const std::string& root : roots) groups[root].push_back(base);
  }
  std::erase_if(groups, [](const auto& group) { return group.second.empty(); });
}

}  // namespace

void add_mesh(std::string folder, std::span<const Document* const> documents,
              const PartitionOptions& options, Meshes& out) {
  ResourceIndex& index = out.indexes.emplace_back();
  std::vector<Node> values = find_values(documents, options);
  std::vector<Node> rule_files;
  out.resources += values.size();
  for (const Document* document : documents) {
    const Node root = document->root();
    if (document->patch || std::ranges::count(values, root) != 0) continue;
    if (is_rule_file(root)) {
      rule_files.push_back(root);
      ++out.resources;
    } else {
      out.resources += index.add(root, options.default_namespace);
    }
  }
  Mesh& mesh = out.meshes.emplace_back(build_mesh(index, values, options.build));
  mesh.folder = std::move(folder);
  mesh.resources = &index;
  mesh.rule_files = std::move(rule_files);
}

Meshes partition(std::span<const Document* const> documents, const PartitionOptions& options) {
  Meshes whole;
  add_mesh({}, documents, options, whole);
  const bool kustomize = std::ranges::any_of(
      documents, [](const Document* document) { return is_kustomization(*document); });
  const std::vector<ControlPlane>& planes = whole.meshes.front().control_planes;
  if (!kustomize && !holds_several(planes)) return whole;

  const auto roots = find_roots(documents, planes);
  if (roots.size() < 2 && !holds_several(planes)) return whole;
  std::map<std::string, Group> groups;
  for (const Document* document : documents) {
    groups[root_of(file_of(*document), roots)].push_back(document);
  }
  share_bases(find_values(documents, options), groups);
  Meshes split;
  for (auto& [root, members] : groups) add_mesh(root, members, options, split);
  return split;
}

}  // namespace meshcheck
