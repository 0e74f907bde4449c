// What istiods say of the proxies that are connected to them, as `istioctl proxy-status` and
// /debug/syncz show it; plain values, read from saved files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/location.h"

namespace meshcheck {

// (istio: pilot/pkg/xds/statusgen.go, debugSyncStatus; istioctl/pkg/writer/pilot/status.go)
enum class SyncState : std::uint8_t {
  synced,
  stale,     // sent and not acknowledged
  not_sent,  // there is nothing of that type for this proxy: normal
  ignored,   // it does not subscribe to the type: normal
  error,     // it refused what was sent
  unknown,   // a word we do not know
};

// One type of configuration of one proxy.
struct TypeStatus {
  std::string type;  // "CDS"; a type URL where that has no such name
  SyncState state = SyncState::unknown;
  std::string word;   // as the file has it: "STALE (Never Acknowledged)"
  std::string sent;   // nonces, where the file has them
  std::string acked;  // the same
  std::optional<std::chrono::sys_seconds> sent_at;
  // How long before the file was made istiod last sent it, at least: counted to the latest time
  // that the file names, since none says when it was made itself.
  std::optional<std::chrono::seconds> age;
  std::string detail;  // of an error
  Location location;
};

struct ProxyStatus {
  std::string name;  // of the pod
  std::string name_space;
  std::string cluster;
  std::string istiod;   // the pod it is connected to; empty where the file does not say
  std::string version;  // of Istio
  std::string type;     // "sidecar", "router", "ztunnel"; or empty
  // When the istiod said so, where that is known; of one look all by one clock.
  std::optional<std::chrono::sys_seconds> seen;
  std::vector<TypeStatus> types;
  Location location;

  bool is_ztunnel() const;
  // "web-1.shop", as istioctl writes it.
  std::string id() const;
  // "kubectl -n shop logs web-1 -c istio-proxy"; some layouts name no namespace.
  std::string logs_command() const;
};

// One look at some istiods: a table, or all of a JSON or YAML file.
struct StatusSnapshot {
  std::string file;
  bool shows_states = false;  // no table of istioctl 1.27 and newer does, unless by `-v 1`
  // What one istiod says of its own connections, of which other replicas know nothing.
  bool by_replica = false;
  std::size_t replicas = 1;                       // that answered, for `by_replica`
  bool live = false;                              // asked of a cluster's istiods, not of a file
  std::optional<std::chrono::sys_seconds> taken;  // when the last of them answered, if known
  std::set<std::string> revisions;  // of those that answered, if known: even without a proxy
  std::vector<ProxyStatus> proxies;
  Location location;
};

// A proxy as it was last seen, and in the snapshot before that shows the same proxies, if any.
struct ObservedProxy {
  const ProxyStatus* now = nullptr;
  const ProxyStatus* before = nullptr;
  bool shows_states = false;

  // The type as the earlier snapshot has it.
  const TypeStatus* earlier(const TypeStatus& wanted) const;
};

// All proxies, by cluster, namespace and name. Files that show mostly the same proxies are one
// after the other, the last is now; others are parts of one picture. Of a proxy that changes its
// istiod while the picture is taken the connection that was used last counts.
std::vector<ObservedProxy> current_proxies(std::span<const StatusSnapshot> snapshots);

// The snapshots that are now: those that no later one replaces.
std::vector<const StatusSnapshot*> current_snapshots(std::span<const StatusSnapshot> snapshots);

// The revision that a pod of istiod belongs to, by its name: `istiod-1-30-7d9f8b6c5-x2x4z` is of
// 1-30. Empty where the name is no pod's.
std::string revision_of_istiod(std::string_view pod);

struct Mesh;
// The revisions that the snapshots are of: by the istiods that answered, by their names, and by the
// running pods in the input that they name.
std::set<std::string> revisions_shown(const Mesh& mesh);

}  // namespace meshcheck
