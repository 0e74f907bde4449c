// The ports that a PeerAuthentication names one by one, held against what pods listen on and who
// calls them.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "meshcheck/mtls.h"
#include "meshcheck/pod_ports.h"

namespace meshcheck {

// One that no pod which the policy selects listens on.
struct MisnamedPort {
  const PeerAuthentication::Port* port = nullptr;
  const Workload* workload = nullptr;  // to show: one whose Service has the port, if there is any
  PodPorts known;                      // of that
};
std::vector<MisnamedPort> misnamed_ports(const Mesh& mesh, const PeerAuthentication& policy);

// Ports of pods that somebody outside the mesh calls, as the input proves.
class OutsidePorts {
 public:
  explicit OutsidePorts(const Mesh& mesh);
  // Of some workload that the policy selects.
  bool calls(const PeerAuthentication& policy, std::int64_t port) const;

 private:
  std::set<std::pair<const Workload*, std::int64_t>> called_;
};

// Those that take plaintext beside STRICT ones, and that nobody is seen to need. `misnamed` are of
// no pod, and so not open either.
std::vector<const PeerAuthentication::Port*> open_ports(const Mesh& mesh,
                                                        const PeerAuthentication& policy,
                                                        const std::vector<MisnamedPort>& misnamed,
                                                        const OutsidePorts& outside);

}  // namespace meshcheck
