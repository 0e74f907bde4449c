// Which mutual TLS a workload asks of its callers: PeerAuthentication policies as istiod merges
// them.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshcheck/mesh.h"

namespace meshcheck {

enum class MtlsMode : std::uint8_t { unset, disable, permissive, strict };
std::string_view to_string(MtlsMode mode);  // "STRICT"
bool admits_plaintext(MtlsMode mode);

struct PeerAuthentication {
  struct Port {
    std::int64_t number = 0;  // of the workload, not of its Service
    MtlsMode mode = MtlsMode::unset;
    Node key;
    Node value;  // of `mode`
  };
  const Resource* object = nullptr;
  std::string name_space;
  std::string name;
  Node selector;          // matchLabels; missing where all are selected
  Traced<MtlsMode> mode;  // unknown where it is a variable, or where several files say different
                          // things of the one policy
  std::vector<Port> ports;
  // Its manifest names the namespace. Else it is wherever it gets applied, and counts only for what
  // lies in its folder.
  bool placed = true;
  bool in_root = false;
  // Those in the input; empty without a selector, and in the root namespace, where a policy with
  // one is ignored.
  std::vector<const Workload*> selected;
};

// The one that counts among policies for the same: the oldest, and by name between equals (istio:
// pilot/pkg/model/config.go, sortConfigByCreationTime). Null where one of several has no date.
const PeerAuthentication* oldest(std::span<const PeerAuthentication* const> candidates);
// metadata.creationTimestamp; empty in most files.
std::string_view created(const PeerAuthentication& policy);

struct WorkloadMtls {
  struct Port {
    std::int64_t number = 0;
    Traced<MtlsMode> mode;
  };
  // Never `unset` where it is known. An unknown one says in `from.text` what is not in the input.
  Traced<MtlsMode> mode;
  std::vector<Port> ports;                     // those with a mode of their own
  const PeerAuthentication* policy = nullptr;  // that selects it and wins; or null
  // A sidecar or ztunnel holds callers to it. Not where neither takes the traffic or the input
  // cannot tell, and not at gateways, whose listeners no PeerAuthentication reaches.
  bool enforced = false;

  const Traced<MtlsMode>& on(std::int64_t port) const;
  // The mode on those ports that is furthest from STRICT, of those that are known; without ports
  // that of the rest.
  const Traced<MtlsMode>& weakest(const std::vector<std::int64_t>& on_ports) const;
};

// istio: pilot/pkg/model/authentication.go and pilot/pkg/security/authn/policy_applier.go
struct Mtls {
  std::string root_namespace;
  std::vector<PeerAuthentication> policies;  // one of each name, in input order
  // What holds where no policy of a namespace or workload says otherwise. Unknown where the root
  // namespace's policies are not in the input.
  Traced<MtlsMode> mesh_wide;
  const PeerAuthentication* mesh_policy = nullptr;
  std::map<std::string, Traced<MtlsMode>, std::less<>> by_namespace;  // with policies or workloads
  std::unordered_map<const Resource*, WorkloadMtls> by_workload;
  // Of the placed policies for a whole namespace the one that counts; null where none has all the
  // dates that tell.
  std::map<std::string, const PeerAuthentication*, std::less<>> winner_by_namespace;

  const WorkloadMtls& of(const Workload& workload) const;
  // What would hold for those it selects if it were not there.
  Traced<MtlsMode> above(const PeerAuthentication& policy) const;
  // Older ones are for everything it is for, so that it counts for nothing. False where the input
  // does not tell which is older.
  bool is_ignored(const PeerAuthentication& policy) const;
};

// Every workload of the mesh that the input shows is STRICT by its namespace or by itself.
bool is_strict_throughout(const Mesh& mesh);

}  // namespace meshcheck
