#include "meshcheck/mtls_ports.h"

#include <algorithm>

#include "meshcheck/outside_call.h"

namespace meshcheck {
namespace {

// Whether the input shows that no pod which the policy selects listens on the port.
bool is_nobodys(const Mesh& mesh, const PeerAuthentication& policy, std::int64_t port) {
  return !policy.selected.empty() &&
         std::ranges::none_of(policy.selected, [&](const Workload* workload) {
           const PodPorts known = pod_ports(mesh, *workload);
           return known.pods.contains(port) ||
                  (!known.all_declared && !known.services.contains(port));
         });
}

}  // namespace

std::vector<MisnamedPort> misnamed_ports(const Mesh& mesh, const PeerAuthentication& policy) {
  std::vector<MisnamedPort> misnamed;
  for (const PeerAuthentication::Port& port : policy.ports) {
    if (!is_nobodys(mesh, policy, port.number)) continue;
    const Workload* shown = policy.selected.front();
    for (const Workload* workload : policy.selected) {
      if (pod_ports(mesh, *workload).services.contains(port.number)) shown = workload;
    }
    misnamed.push_back({&port, shown, pod_ports(mesh, *shown)});
  }
  return misnamed;
}

OutsidePorts::OutsidePorts(const Mesh& mesh) {
  for (const OutsideCall& call : outside_calls(mesh)) called_.emplace(call.workload, call.port);
}

bool OutsidePorts::calls(const PeerAuthentication& policy, std::int64_t port) const {
  return std::ranges::any_of(policy.selected, [&](const Workload* workload) {
    return called_.contains({workload, port});
  });
}

std::vector<const PeerAuthentication::Port*> open_ports(const Mesh& mesh,
                                                        const PeerAuthentication& policy,
                                                        const std::vector<MisnamedPort>& misnamed,
                                                        const OutsidePorts& outside) {
  if (!policy.selector || policy.in_root || !policy.mode.known()) return {};
  const bool own = policy.mode.value != MtlsMode::unset;
  const Traced<MtlsMode> rest = own ? policy.mode : mesh.mtls->above(policy);
  if (!rest.known() || rest.value != MtlsMode::strict) return {};
  std::vector<const PeerAuthentication::Port*> open;
  for (const PeerAuthentication::Port& port : policy.ports) {
    const bool wrong = std::ranges::any_of(
        misnamed, [&](const MisnamedPort& one) { return one.port->number == port.number; });
    if (wrong || !admits_plaintext(port.mode) || outside.calls(policy, port.number)) continue;
    open.push_back(&port);
  }
  return open;
}

}  // namespace meshcheck
