// What the server has, as of each resourceVersion: a list that is read page by page sees the state
// of its first page whatever happens meanwhile.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kubeapi/kinds.h"
#include "kubeapi/objects.h"
#include "kubeapi/synthetic_pods.h"

namespace meshcheck::kubeapi {

// The state at one resourceVersion; never changes.
struct Snapshot {
  using Objects = std::map<std::string, std::shared_ptr<const Json>>;  // by "namespace/name"

  std::uint64_t resource_version = 1000;
  std::map<std::string, Objects> kinds_objects;  // by "group/kind"
  std::vector<Kind> kinds;                       // that are served, by group, then plural
  std::set<std::string> stale;                   // groups and versions whose server is down
  std::shared_ptr<const PodFactory> pods;        // that are made up while they are listed

  const Kind* find_kind(std::string_view group, std::string_view version,
                        std::string_view plural) const;
  bool has_group_version(std::string_view group, std::string_view version) const;
  const Objects& objects(const Kind& kind) const;
};

class Store {
 public:
  Store();
  void add(std::vector<Json> objects);
  void remove(std::string_view kind, std::string_view name_space, std::string_view name);
  void add(const SyntheticPods& pods);
  void withdraw(std::string_view group_version);
  void mark_stale(std::string_view group_version);

  std::shared_ptr<const Snapshot> newest() const;
  // nullptr: there never was such a version.
  std::shared_ptr<const Snapshot> at(std::uint64_t resource_version) const;

 private:
  template <class Change>
  void change(Change apply);

  mutable std::mutex mutex_;
  std::set<std::string> withdrawn_;
  std::map<std::uint64_t, std::shared_ptr<const Snapshot>> snapshots_;
};

std::string object_key(std::string_view name_space, std::string_view name);

}  // namespace meshcheck::kubeapi
