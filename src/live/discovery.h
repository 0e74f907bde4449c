// Which resources a server has, and in which versions.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "live/client.h"
#include "live/coverage.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// A resource that one would like to read.
struct Wanted {
  std::string_view group;
  std::string_view plural;
  std::string_view kind;
  bool namespaced = true;
  std::vector<std::string_view> versions;  // the first that is served is read, and no other
};

struct GroupVersion {
  std::string group;  // empty: the core group
  std::string version;

  // "apps/v1", "v1".
  std::string name() const { return group.empty() ? version : group + "/" + version; }
};

struct Discovery {
  std::vector<ApiResource> resources;  // that can be listed; without subresources
  std::set<std::string> stale;         // "group/version" whose server does not answer: not absent
  // Whether `resources` says what there is, of the core group and of the others. Where it does not
  // (forbidden, failed, hidden by a proxy) only trying will tell.
  bool core_known = false;
  bool groups_known = false;
  std::vector<Error> errors;
  std::vector<GroupVersion> group_versions;  // of an older server, of which is yet to be asked

  struct Choice {
    // The resource to read; where nothing is known: of the first version. nullopt: see `reading`.
    std::optional<ApiResource> resource;
    // Other versions, to try in turn where that is absent; none where it is known what is served.
    std::vector<ApiResource> alternatives;
    Reading reading = Reading::whole;  // absent: not served; failed: its server is down
    std::optional<Error> error;
  };
  Choice choose(const Wanted& wanted) const;
  // The versions of a group and resource that are served, in the server's order.
  std::vector<std::string> versions(std::string_view group, std::string_view plural) const;
};

// Two requests to a server of Kubernetes 1.26 or later, one more for each group and version of
// `groups` to an older one. Where discovery is forbidden nothing is known.
Discovery discover(Client& client, std::span<const std::string_view> groups);

// For tests and fuzzers: what one body says. False: it is no such body.
bool read_discovery(std::string_view body, Discovery& discovery);

}  // namespace meshcheck::live
