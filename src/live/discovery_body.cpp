// The bodies of discovery: the aggregated ones of Kubernetes 1.26 and later, and the plain ones
// before.
#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "live/discovery.h"
#include "live/resource_path.h"

namespace meshcheck::live {

namespace {

using Json = nlohmann::json;

const Json& member(const Json& object, const char* key) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

// The items of a list; nothing for anything else.
const Json& items(const Json& object, const char* key) {
  static const Json kEmpty = Json::array();
  const Json& value = member(object, key);
  return value.is_array() ? value : kEmpty;
}

bool can_be_listed(const Json& resource) {
  const Json& verbs = items(resource, "verbs");
  return std::ranges::any_of(verbs, [](const Json& verb) { return verb == "list"; });
}

// A resource, unless a name of it could not stand in a path.
void add(ApiResource resource, Discovery& discovery) {
  const bool named = is_path_segment(resource.plural) && is_path_segment(resource.version) &&
                     (resource.group.empty() || is_path_segment(resource.group));
  if (named) discovery.resources.push_back(std::move(resource));
}

// APIGroupDiscoveryList, v2 and v2beta1.
void read_aggregated(const Json& root, Discovery& discovery) {
  for (const Json& group : items(root, "items")) {
    const std::string group_name = text(member(group, "metadata"), "name");
    for (const Json& version : items(group, "versions")) {
      ApiResource resource;
      resource.group = group_name;
      resource.version = text(version, "version");
      if (text(version, "freshness") == "Stale") discovery.stale.insert(resource.api_version());
      for (const Json& served : items(version, "resources")) {
        if (!can_be_listed(served)) continue;
        resource.plural = text(served, "resource");
        resource.kind = text(member(served, "responseKind"), "kind");
        resource.namespaced = text(served, "scope") != "Cluster";
        add(resource, discovery);
      }
    }
  }
}

// APIResourceList: of one group and version.
void read_resources(const Json& root, Discovery& discovery) {
  const std::string group_version = text(root, "groupVersion");
  const auto slash = group_version.find('/');
  ApiResource resource;
  resource.version = slash == std::string::npos ? group_version : group_version.substr(slash + 1);
  if (slash != std::string::npos) resource.group = group_version.substr(0, slash);
  for (const Json& served : items(root, "resources")) {
    resource.plural = text(served, "name");
    const bool subresource = resource.plural.find('/') != std::string::npos;
    if (subresource || !can_be_listed(served)) continue;
    resource.kind = text(served, "kind");
    resource.namespaced = member(served, "namespaced") == true;
    add(resource, discovery);
  }
}

// APIVersions and APIGroupList: what there is to ask for.
void read_plain(const Json& root, const std::string& kind, Discovery& discovery) {
  if (kind == "APIVersions") {
    for (const Json& version : items(root, "versions")) {
      if (version.is_string()) discovery.group_versions.push_back({"", version.get<std::string>()});
    }
    return;
  }
  for (const Json& group : items(root, "groups")) {
    for (const Json& version : items(group, "versions")) {
      discovery.group_versions.push_back({text(group, "name"), text(version, "version")});
    }
  }
}

}  // namespace

bool read_discovery(std::string_view body, Discovery& discovery) {
  const Json root = Json::parse(body, nullptr, false);
  const std::string kind = text(root, "kind");
  if (kind == "APIGroupDiscoveryList") {
    read_aggregated(root, discovery);
  } else if (kind == "APIResourceList") {
    read_resources(root, discovery);
  } else if (kind == "APIVersions" || kind == "APIGroupList") {
    read_plain(root, kind, discovery);
  } else {
    return false;
  }
  return true;
}

}  // namespace meshcheck::live
