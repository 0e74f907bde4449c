#include "meshcheck/proxy_status.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

using Key = std::tuple<std::string_view, std::string_view, std::string_view>;

Key key_of(const ProxyStatus& proxy) { return {proxy.cluster, proxy.name_space, proxy.name}; }

std::set<Key> keys_of(const StatusSnapshot& snapshot) {
  std::set<Key> keys;
  for (const ProxyStatus& proxy : snapshot.proxies) keys.insert(key_of(proxy));
  return keys;
}

bool mostly_the_same(const std::set<Key>& one, const std::set<Key>& other) {
  const auto shared =
      std::ranges::count_if(one, [&](const Key& key) { return other.contains(key); });
  return static_cast<std::size_t>(shared) * 2 > std::max(one.size(), other.size());
}

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// For each snapshot the one before it that shows the same proxies.
std::vector<std::size_t> predecessors(std::span<const StatusSnapshot> snapshots) {
  std::vector<std::set<Key>> keys;
  std::vector<std::size_t> before(snapshots.size(), kNone);
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    keys.push_back(keys_of(snapshots[i]));
    for (std::size_t j = i; j-- > 0 && before[i] == kNone;) {
      if (mostly_the_same(keys[i], keys[j])) before[i] = j;
    }
  }
  return before;
}

std::optional<std::chrono::sys_seconds> last_sent(const ProxyStatus& proxy) {
  std::optional<std::chrono::sys_seconds> latest;
  for (const TypeStatus& type : proxy.types) {
    if (type.sent_at && (!latest || *type.sent_at > *latest)) latest = type.sent_at;
  }
  return latest;
}

std::optional<std::chrono::seconds> least_age(const ProxyStatus& proxy) {
  std::optional<std::chrono::seconds> least;
  for (const TypeStatus& type : proxy.types) {
    if (type.age && (!least || *type.age < *least)) least = type.age;
  }
  return least;
}

bool is_in_sync(const ProxyStatus& proxy) {
  return std::ranges::none_of(proxy.types, [](const TypeStatus& type) {
    return type.state == SyncState::stale || type.state == SyncState::error;
  });
}

// Of two connections of one proxy: by the times of JSON, else by the ages of a table. Where neither
// tells, the one that is in sync, since the connection left behind is the one that does not answer;
// then the later in the file.
bool is_older(const ProxyStatus& one, const ProxyStatus& other) {
  const auto first = last_sent(one);
  const auto second = last_sent(other);
  if (first && second) return *first <= *second;
  const auto first_age = least_age(one);
  const auto second_age = least_age(other);
  if (first_age && second_age && *first_age != *second_age) return *first_age > *second_age;
  return is_in_sync(other) || !is_in_sync(one);
}

}  // namespace

bool ProxyStatus::is_ztunnel() const { return type == "ztunnel" || name.starts_with("ztunnel-"); }

std::string ProxyStatus::id() const { return name_space.empty() ? name : name + "." + name_space; }

std::string ProxyStatus::logs_command() const {
  const std::string where = name_space.empty() ? "" : "-n " + name_space + " ";
  return "kubectl " + where + "logs " + name + " -c istio-proxy";
}

const TypeStatus* ObservedProxy::earlier(const TypeStatus& wanted) const {
  if (before == nullptr) return nullptr;
  const auto found = std::ranges::find(before->types, wanted.type, &TypeStatus::type);
  return found == before->types.end() ? nullptr : &*found;
}

std::vector<ObservedProxy> current_proxies(std::span<const StatusSnapshot> snapshots) {
  const auto before = predecessors(snapshots);
  std::map<Key, ObservedProxy> all;
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    if (std::ranges::find(before, i) != before.end()) continue;  // a later one stands for it
    std::map<Key, const ProxyStatus*> earlier;
    if (before[i] != kNone) {
      for (const ProxyStatus& proxy : snapshots[before[i]].proxies) earlier[key_of(proxy)] = &proxy;
    }
    for (const ProxyStatus& proxy : snapshots[i].proxies) {
      ObservedProxy& seen = all[key_of(proxy)];
      if (seen.now != nullptr && !is_older(*seen.now, proxy)) continue;
      const auto found = earlier.find(key_of(proxy));
      seen = {&proxy, found == earlier.end() ? nullptr : found->second, snapshots[i].shows_states};
    }
  }
  std::vector<ObservedProxy> proxies;
  proxies.reserve(all.size());
  for (const auto& [key, proxy] : all) proxies.push_back(proxy);
  return proxies;
}

std::vector<const StatusSnapshot*> current_snapshots(std::span<const StatusSnapshot> snapshots) {
  const auto before = predecessors(snapshots);
  std::vector<const StatusSnapshot*> current;
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    if (std::ranges::find(before, i) == before.end()) current.push_back(&snapshots[i]);
  }
  return current;
}

std::set<std::string> revisions_shown(const Mesh& mesh) {
  std::set<std::string> revisions;
  std::set<std::pair<std::string_view, std::string_view>> named;
  for (const StatusSnapshot& snapshot : mesh.observed->proxy_status) {
    revisions.insert(snapshot.revisions.begin(), snapshot.revisions.end());
    for (const ProxyStatus& proxy : snapshot.proxies) {
      named.emplace(proxy.name_space, proxy.name);
      std::string revision = revision_of_istiod(proxy.istiod);
      if (!revision.empty()) revisions.insert(std::move(revision));
    }
  }
  for (const Workload& workload : mesh.workloads) {
    if (workload.kind == "Pod" && !workload.running_revision.empty() &&
        named.contains({workload.name_space, workload.name})) {
      revisions.insert(workload.running_revision);
    }
  }
  return revisions;
}

std::string revision_of_istiod(std::string_view pod) {
  for (int i = 0; i < 2; ++i) {  // the ReplicaSet's hash, and the pod's own
    const std::size_t dash = pod.rfind('-');
    if (dash == std::string_view::npos) return {};
    pod = pod.substr(0, dash);
  }
  if (pod == "istiod") return "default";
  return pod.starts_with("istiod-") ? std::string(pod.substr(7)) : std::string();
}

}  // namespace meshcheck
