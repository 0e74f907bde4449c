#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "meshcheck/resource.h"

namespace meshcheck {
namespace {

constexpr std::string_view kList = "List";

std::string key_of(std::string_view kind, std::string_view name_space, std::string_view name) {
  std::string key;
  key.reserve(kind.size() + name_space.size() + name.size() + 2);
  key.append(kind).append(1, '/').append(name_space).append(1, '/').append(name);
  return key;
}

std::size_t hash_of(std::string_view kind, std::string_view name_space, std::string_view name) {
  const std::hash<std::string_view> hash;
  return (hash(kind) * 31 + hash(name_space)) * 31 + hash(name);
}

}  // namespace

std::size_t ResourceIndex::add(Node root, std::string_view default_namespace) {
  const std::string& owned = *default_namespaces_.emplace(default_namespace).first;
  return add(root, owned, root["apiVersion"].text(), root["kind"].text());
}

std::size_t ResourceIndex::add(Node root, std::string_view default_namespace,
                               std::string_view api_version, std::string_view kind) {
  if (api_version.empty() || kind.empty()) return 0;
  if (kind.ends_with(kList) && root["items"].is_sequence()) {
    std::size_t added = 0;
    // The API server leaves the items of a typed list (DeploymentList) without their type.
    const std::string_view item_kind = kind.substr(0, kind.size() - kList.size());
    for (const Node item : root["items"].items()) {
      const bool typed = static_cast<bool>(item["kind"]);
      added += add(item, default_namespace, typed ? item["apiVersion"].text() : api_version,
                   typed ? item["kind"].text() : item_kind);
    }
    return added;
  }
  const Resource resource(root, default_namespace, api_version, kind);
  if (resource.name().empty() || !resource.is_complete()) return 0;

  const Resource* added = &resources_.emplace_back(resource);
  all_.push_back(added);
  by_kind_[added->kind()].push_back(added);
  if (find(added->kind(), added->name_space(), added->name()) == nullptr) {
    by_name_.emplace(hash_of(added->kind(), added->name_space(), added->name()), added);
  }
  return 1;
}

std::span<const Resource* const> ResourceIndex::of_kind(std::string_view kind) const {
  const auto found = by_kind_.find(kind);
  if (found == by_kind_.end()) return {};
  return found->second;
}

const Resource* ResourceIndex::find(std::string_view kind, std::string_view name_space,
                                    std::string_view name) const {
  const auto [first, last] = by_name_.equal_range(hash_of(kind, name_space, name));
  const auto found = std::find_if(first, last, [&](const auto& entry) {
    const Resource& resource = *entry.second;
    return resource.kind() == kind && resource.name_space() == name_space &&
           resource.name() == name;
  });
  return found == last ? nullptr : found->second;
}

std::vector<const Resource*> ResourceIndex::in_namespace(std::string_view kind,
                                                         std::string_view name_space) const {
  std::vector<const Resource*> found;
  for (const Resource* resource : of_kind(kind)) {
    if (resource->name_space() == name_space) found.push_back(resource);
  }
  return found;
}

std::vector<std::vector<const Resource*>> ResourceIndex::duplicates() const {
  std::vector<std::vector<const Resource*>> groups;
  std::map<std::pair<const Source*, std::string>, std::size_t> group_of;
  for (const Resource* resource : all_) {
    std::string identity(resource->group());
    identity += '/' + key_of(resource->kind(), resource->name_space(), resource->name());
    const auto [found, first] =
        group_of.try_emplace({resource->root().document()->source, identity}, groups.size());
    if (first) groups.emplace_back();
    groups[found->second].push_back(resource);
  }
  std::erase_if(groups, [](const auto& group) { return group.size() < 2; });
  return groups;
}

}  // namespace meshcheck
