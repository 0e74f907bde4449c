#include "live/discovery.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "live/resource_path.h"

namespace meshcheck::live {

namespace {

// The order matters to servers: g, v, as.
constexpr std::string_view kAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

// /api or /apis; false where nothing is known of what is below it.
bool read_root(Client& client, std::string_view path, Discovery& discovery) {
  Fetched fetched =
      client.get_path(path, fmt::format("asking for the resources of {}", path), kAccept);
  if (fetched.reading == Reading::whole) {
    if (read_discovery(fetched.body, discovery)) return true;
    discovery.errors.push_back(
        fail(client.server(), fmt::format("{}: the answer lists no resources", path)));
    return false;
  }
  if (fetched.error && fetched.reading != Reading::absent) {
    discovery.errors.push_back(*std::move(fetched.error));
  }
  return false;
}

// The resources of one group and version of an older server.
void read_group_version(Client& client, const GroupVersion& wanted, Discovery& discovery) {
  const std::string name = wanted.name();
  const std::string path = wanted.group.empty() ? "/api/" + percent_encoded(wanted.version)
                                                : "/apis/" + percent_encoded(wanted.group) + "/" +
                                                      percent_encoded(wanted.version);
  Fetched fetched = client.get_path(path, "asking for the resources of " + name);
  if (fetched.reading == Reading::whole && read_discovery(fetched.body, discovery)) return;
  if (fetched.reading == Reading::absent) return;
  discovery.stale.insert(name);
  if (fetched.error) discovery.errors.push_back(*std::move(fetched.error));
}

}  // namespace

Discovery discover(Client& client, std::span<const std::string_view> groups) {
  Discovery discovery;
  discovery.core_known = read_root(client, "/api", discovery);
  discovery.groups_known = read_root(client, "/apis", discovery);
  const auto asked = std::exchange(discovery.group_versions, {});
  for (const auto& group_version : asked) {
    if (std::ranges::find(groups, group_version.group) == groups.end()) continue;
    read_group_version(client, group_version, discovery);
  }
  return discovery;
}

Discovery::Choice Discovery::choose(const Wanted& wanted) const {
  Choice choice;
  if (wanted.versions.empty()) return choice;
  ApiResource resource{std::string(wanted.group), std::string(wanted.versions.front()),
                       std::string(wanted.plural), std::string(wanted.kind), wanted.namespaced};
  const bool known = wanted.group.empty() ? core_known : groups_known;
  if (!known) {
    choice.resource = resource;
    for (std::size_t i = 1; i < wanted.versions.size(); ++i) {
      resource.version = wanted.versions[i];
      choice.alternatives.push_back(resource);
    }
    return choice;
  }
  for (const auto version : wanted.versions) {
    resource.version = version;
    const auto served = std::ranges::find_if(resources, [&](const auto& candidate) {
      return candidate.group == resource.group && candidate.version == resource.version &&
             candidate.plural == resource.plural;
    });
    if (stale.contains(resource.api_version())) {
      choice.reading = Reading::failed;
      choice.error = fail("", fmt::format("{} {}: the server behind this API does not answer",
                                          resource.full_name(), resource.version));
      continue;
    }
    if (served == resources.end()) continue;
    resource.kind = served->kind.empty() ? resource.kind : served->kind;
    resource.namespaced = served->namespaced;
    choice.resource = std::move(resource);
    choice.reading = Reading::whole;
    choice.error.reset();
    return choice;
  }
  if (choice.reading != Reading::failed) choice.reading = Reading::absent;
  return choice;
}

std::vector<std::string> Discovery::versions(std::string_view group,
                                             std::string_view plural) const {
  std::vector<std::string> found;
  for (const auto& resource : resources) {
    if (resource.group == group && resource.plural == plural) found.push_back(resource.version);
  }
  return found;
}

}  // namespace meshcheck::live
