#include "kubeapi/discovery.h"

#include <algorithm>
#include <map>

#include "kubeapi/accept.h"
#include "kubeapi/status.h"

namespace meshcheck::kubeapi {
namespace {

// Reading is all that this server does; the names of the others tell that a kind may be written.
Json verbs() {
  return Json::array(
      {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
}

std::string singular(const Kind& kind) {
  std::string name = kind.kind;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::map<std::string, std::vector<std::string>> versions_by_group(const Snapshot& state) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const Kind& kind : state.kinds) {
    std::vector<std::string>& versions = groups[kind.group];
    for (const std::string& version : kind.versions) {
      if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
        versions.push_back(version);
      }
    }
  }
  for (auto& [group, versions] : groups) {
    std::sort(versions.begin(), versions.end(), version_precedes);
  }
  return groups;
}

Json aggregated_resource(const Kind& kind, const std::string& version) {
  const Json response{{"group", kind.group}, {"version", version}, {"kind", kind.kind}};
  Json resource{{"resource", kind.plural},
                {"responseKind", response},
                {"scope", kind.namespaced ? "Namespaced" : "Cluster"},
                {"singularResource", singular(kind)},
                {"verbs", verbs()}};
  if (!kind.short_name.empty()) resource["shortNames"] = Json::array({kind.short_name});
  for (const std::string& name : kind.subresources) {
    resource["subresources"].push_back(
        {{"subresource", name}, {"responseKind", response}, {"verbs", Json::array({"get"})}});
  }
  return resource;
}

Json aggregated_version(const Snapshot& state, const std::string& group,
                        const std::string& version) {
  const bool stale = state.stale.contains(api_version_of(group, version));
  Json resources = Json::array();
  for (const Kind& kind : state.kinds) {
    if (!stale && kind.group == group && kind.serves(version)) {
      resources.push_back(aggregated_resource(kind, version));
    }
  }
  return {
      {"version", version}, {"resources", resources}, {"freshness", stale ? "Stale" : "Current"}};
}

Json aggregated(const Snapshot& state, bool core, const std::string& dialect) {
  Json items = Json::array();
  for (const auto& [group, versions] : versions_by_group(state)) {
    if (group.empty() != core) continue;
    Json item{{"metadata", {{"creationTimestamp", nullptr}}}, {"versions", Json::array()}};
    if (!core) item["metadata"]["name"] = group;
    for (const std::string& version : versions) {
      item["versions"].push_back(aggregated_version(state, group, version));
    }
    items.push_back(std::move(item));
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/" + dialect},
          {"metadata", Json::object()},
          {"items", items}};
}

Json group_entry(const std::string& group, const std::vector<std::string>& versions) {
  Json entries = Json::array();
  for (const std::string& version : versions) {
    entries.push_back({{"groupVersion", api_version_of(group, version)}, {"version", version}});
  }
  return {{"name", group}, {"versions", entries}, {"preferredVersion", entries.front()}};
}

Json plain(const Snapshot& state, bool core) {
  if (core) {
    return {{"kind", "APIVersions"},
            {"versions", Json::array({"v1"})},
            {"serverAddressByClientCIDRs", Json::array()}};
  }
  Json groups = Json::array();
  for (const auto& [group, versions] : versions_by_group(state)) {
    if (!group.empty()) groups.push_back(group_entry(group, versions));
  }
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}};
}

bool knows(Discovery dialect, const MediaType& type) {
  if (type.as != "APIGroupDiscoveryList" || type.group != "apidiscovery.k8s.io") return false;
  if (type.version == "v2") return dialect == Discovery::v2;
  return type.version == "v2beta1" && dialect != Discovery::plain;
}

}  // namespace

Answer discover(const Snapshot& state, Discovery dialect, bool core, std::string_view accept) {
  for (const MediaType& type : accepted(accept)) {
    if (knows(dialect, type)) {
      Answer answer = json_answer(aggregated(state, core, type.version));
      answer.type =
          "application/json;g=apidiscovery.k8s.io;v=" + type.version + ";as=APIGroupDiscoveryList";
      answer.headers.emplace_back("Vary", "Accept");
      return answer;
    }
    if (is_json(type)) return json_answer(plain(state, core));
  }
  return not_acceptable();
}

Answer resource_list(const Snapshot& state, std::string_view group, std::string_view version) {
  if (!state.has_group_version(group, version)) return unknown_path();
  const std::string group_version = api_version_of(group, version);
  if (state.stale.contains(group_version)) return plain_answer(503, "service unavailable\n");
  Json resources = Json::array();
  for (const Kind& kind : state.kinds) {
    if (kind.group != group || !kind.serves(version)) continue;
    Json resource{{"name", kind.plural},
                  {"singularName", singular(kind)},
                  {"namespaced", kind.namespaced},
                  {"kind", kind.kind},
                  {"verbs", verbs()}};
    if (!kind.short_name.empty()) resource["shortNames"] = Json::array({kind.short_name});
    resources.push_back(std::move(resource));
    for (const std::string& name : kind.subresources) {
      resources.push_back({{"name", kind.plural + "/" + name},
                           {"singularName", ""},
                           {"namespaced", kind.namespaced},
                           {"kind", kind.kind},
                           {"verbs", Json::array({"get"})}});
    }
  }
  return json_answer({{"kind", "APIResourceList"},
                      {"apiVersion", "v1"},
                      {"groupVersion", group_version},
                      {"resources", resources}});
}

Answer group_answer(const Snapshot& state, std::string_view group) {
  const auto groups = versions_by_group(state);
  const auto found = groups.find(std::string(group));
  if (group.empty() || found == groups.end()) return unknown_path();
  Json body = group_entry(found->first, found->second);
  body["kind"] = "APIGroup";
  body["apiVersion"] = "v1";
  return json_answer(body);
}

}  // namespace meshcheck::kubeapi
