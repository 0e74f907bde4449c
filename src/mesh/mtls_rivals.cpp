#include "meshcheck/mtls_rivals.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace meshcheck {
namespace {

using Policies = std::vector<const PeerAuthentication*>;

// Whether one run's input surely applies both: elsewhere, two manifests without a namespace may be
// for two places.
bool meet(const PeerAuthentication& one, const PeerAuthentication& other) {
  if (one.placed && other.placed) return true;
  return one.object->anchor().location().file == other.object->anchor().location().file;
}

bool say_the_same(const PeerAuthentication& one, const PeerAuthentication& other) {
  return one.mode.value == other.mode.value && one.ports.empty() && other.ports.empty();
}

class Competition {
 public:
  void judge(const Policies& rivals, const std::string& what) {
    const PeerAuthentication* winner = oldest(rivals);
    const bool decided = winner != nullptr;
    if (!decided) winner = rivals.front();
    for (const PeerAuthentication* policy : rivals) {
      if (policy == winner || !meet(*winner, *policy) || say_the_same(*winner, *policy)) continue;
      if (told_.emplace(winner, policy).second) found_.push_back({winner, policy, decided, what});
    }
  }

  std::vector<MtlsRivals> take() { return std::move(found_); }

 private:
  std::vector<MtlsRivals> found_;
  std::set<std::pair<const PeerAuthentication*, const PeerAuthentication*>> told_;
};

}  // namespace

std::vector<MtlsRivals> mtls_rivals(const Mesh& mesh) {
  std::map<std::string_view, Policies> wide;
  std::vector<const Workload*> contested;  // in the order of the input
  std::map<const Workload*, Policies> selecting;
  for (const PeerAuthentication& policy : mesh.mtls->policies) {
    if (!policy.mode.known()) continue;
    if (!policy.selector) wide[policy.name_space].push_back(&policy);
    for (const Workload* workload : policy.selected) {
      Policies& rivals = selecting[workload];
      rivals.push_back(&policy);
      if (rivals.size() == 2) contested.push_back(workload);
    }
  }
  Competition competition;
  for (const auto& [name_space, rivals] : wide) {
    competition.judge(rivals, rivals.front()->in_root
                                  ? fmt::format("all of the mesh, from {}", name_space)
                                  : "all of " + namespace_of(*rivals.front()));
  }
  for (const Workload* workload : contested) {
    competition.judge(selecting[workload], fmt::format("{} {}", workload->kind, workload->name));
  }
  return competition.take();
}

std::string namespace_of(const PeerAuthentication& policy) {
  return policy.name_space.empty() ? "the namespace that it is applied to"
                                   : fmt::format("namespace {}", policy.name_space);
}

}  // namespace meshcheck
