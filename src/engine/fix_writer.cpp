#include "engine/fix_writer.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/operator_k8s.h"
#include "meshcheck/patch.h"
#include "meshcheck/patch_part.h"

namespace meshcheck {
namespace {

// A mapping under construction; keys keep the order in which they came.
struct Branch {
  std::string value;  // of a leaf
  std::vector<std::pair<std::string, std::unique_ptr<Branch>>> children;

  Branch& child(std::string_view key) {
    for (auto& [name, branch] : children) {
      if (name == key) return *branch;
    }
    children.emplace_back(std::string(key), std::make_unique<Branch>());
    return *children.back().second;
  }
};

// Splits at dots; a key with dots of its own stands in brackets: `labels[app.kubernetes.io/name]`.
std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  std::string part;
  bool bracketed = false;
  for (const char c : path) {
    if (c == '[' && !bracketed) {
      bracketed = true;
      if (!part.empty()) parts.push_back(std::exchange(part, {}));
    } else if (c == ']' && bracketed) {
      bracketed = false;
    } else if (c == '.' && !bracketed) {
      if (!part.empty()) parts.push_back(std::exchange(part, {}));
    } else {
      part += c;
    }
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

void put(Branch& root, const std::vector<std::string>& path, const std::string& value) {
  Branch* at = &root;
  for (const std::string& key : path) at = &at->child(key);
  at->value = value;
}

void write(const Branch& branch, std::size_t indent, std::string& out) {
  for (const auto& [key, child] : branch.children) {
    out.append(indent, ' ').append(key) += ':';
    const bool block =
        child->value.starts_with("- ") || child->value.find('\n') != std::string::npos;
    if (!child->children.empty() || block) {
      out += '\n';
      if (block) out += indented(child->value, indent + 2);
      write(*child, indent + 2, out);
    } else {
      out.append(" ").append(child->value) += '\n';
    }
  }
}

// Keys that istiod's chart reads at the top in every version; the rest moved there with 1.24.
bool is_top_level(std::string_view key) {
  constexpr std::string_view kTop[] = {"global.",      "meshConfig.", "revision",
                                       "revisionTags", "profile",     "sidecarInjectorWebhook."};
  return std::ranges::any_of(kTop, [&](std::string_view top) { return key.starts_with(top); });
}

std::vector<std::string> prefix_of(InstallMethod method) {
  switch (method) {
    case InstallMethod::objects:
    case InstallMethod::helm: return {};
    case InstallMethod::istiooperator:
    case InstallMethod::sail:
    case InstallMethod::flux: return {"spec", "values"};
    case InstallMethod::argo: return {"spec", "source", "helm", "valuesObject"};
    case InstallMethod::kustomize: return {"valuesInline"};
  }
  return {};
}

// IstioOperator and Sail know istiod's settings below `pilot` only, whatever the version.
bool below_pilot(const Fix& fix, std::string_view key) {
  if (is_top_level(key)) return false;
  return fix.pilot_prefix || fix.method == InstallMethod::istiooperator ||
         fix.method == InstallMethod::sail;
}

constexpr std::array<std::string_view, 4> kK8s = {"spec", "components", "pilot", "k8s"};

// Where the setting belongs. An IstioOperator's `k8s` is laid over what its values make, so that
// resources have an effect there only (istio: operator/pkg/render/postprocess.go).
std::vector<std::string> path_of(const Fix& fix, std::string_view key) {
  std::vector<std::string> path = prefix_of(fix.method);
  if (fix.method == InstallMethod::istiooperator && key.starts_with("resources.")) {
    path = {kK8s.begin(), kK8s.end()};
  } else if (below_pilot(fix, key)) {
    path.emplace_back("pilot");
  }
  for (std::string& part : split_path(key)) path.push_back(std::move(part));
  return path;
}

}  // namespace

void prefer_settings(Fix& fix) {
  if (fix.method == InstallMethod::objects || fix.settings.empty()) return;
  fix.patch.clear();
  fix.changes.clear();
}

void write_fix(Fix& fix, bool keep, Node k8s) {
  if (fix.method == InstallMethod::objects) {
    if (!keep) fix.settings.clear();
    return;
  }
  if (fix.settings.empty()) return;
  Branch root;
  for (const Setting& setting : fix.settings) {
    put(root, path_of(fix, setting.key), setting.value);
  }
  for (const Setting& setting : settings_of_k8s(fix.settings, k8s)) {
    std::vector<std::string> path = {kK8s.begin(), kK8s.end()};
    std::ranges::move(split_path(setting.key), std::back_inserter(path));
    put(root, path, setting.value);
  }
  fix.values.clear();
  write(root, 0, fix.values);
}

void note_changes(Fix& fix, const Mesh& mesh) {
  for (PatchPart& part : patch_parts(fix.patch)) {
    const ObjectRef& object = part.object;
    const Resource* there = mesh.resources->find(object.kind, object.name_space, object.name);
    if (there != nullptr) fix.changes.push_back(std::move(part.object));
  }
}

std::string settings_yaml(std::span<const Setting> settings) {
  Branch root;
  for (const Setting& setting : settings) put(root, split_path(setting.key), setting.value);
  std::string yaml;
  write(root, 0, yaml);
  return yaml;
}

}  // namespace meshcheck
