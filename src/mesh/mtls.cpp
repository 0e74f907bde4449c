#include "meshcheck/mtls.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mesh/container_resources.h"
#include "mesh/mtls_coverage.h"
#include "mesh/read_mtls.h"
#include "mesh/root_namespace.h"
#include "meshcheck/service.h"

namespace meshcheck {
namespace {

Traced<MtlsMode> unknown(std::string reason, Node node = {}) {
  return {MtlsMode::unset, {Provenance::Kind::unknown, node, std::move(reason)}};
}

Traced<MtlsMode> permissive_by_default() {
  return {MtlsMode::permissive,
          {Provenance::Kind::api_default, {}, "no PeerAuthentication says otherwise"}};
}

std::string_view folder_of(const Resource& object) {
  const Document* document = object.root().document();
  while (document->host != nullptr) document = document->host;
  const std::string_view name = document->source->name;
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : name.substr(0, slash);
}

// A policy whose manifest names no namespace is applied to one that we do not know; what lies
// beside it will be applied with it.
bool concerns(const PeerAuthentication& policy, const Resource& object) {
  return policy.placed || folder_of(*policy.object) == folder_of(object);
}

using Candidates = std::vector<const PeerAuthentication*>;

std::pair<std::string_view, std::string_view> age(const PeerAuthentication& policy) {
  return {created(policy), policy.name};
}

bool say_the_same(const Candidates& candidates) {
  return std::ranges::all_of(candidates, [&](const PeerAuthentication* one) {
    return one->mode.known() && one->mode.value == candidates.front()->mode.value &&
           one->ports.empty();
  });
}

// The policy that counts among those of one level, which is the oldest.
struct Winner {
  const PeerAuthentication* policy = nullptr;  // null: there is none, or `doubt`
  std::string doubt;
};

Winner winner_of(const Candidates& candidates) {
  if (candidates.empty()) return {};
  if (const PeerAuthentication* policy = oldest(candidates)) return {policy, {}};
  if (say_the_same(candidates)) return {candidates.front(), {}};
  std::set<std::string> names;
  for (const PeerAuthentication* one : candidates) names.insert(one->name);
  return {nullptr, fmt::format("which of the PeerAuthentications {} of namespace {} is the "
                               "oldest, and so counts, is not in the input",
                               fmt::join(names, ", "), candidates.front()->name_space)};
}

Traced<MtlsMode> apply(const Winner& winner, const Traced<MtlsMode>& inherited) {
  if (!winner.doubt.empty()) return unknown(winner.doubt);
  if (winner.policy == nullptr) return inherited;
  const Traced<MtlsMode>& mode = winner.policy->mode;
  return mode.known() && mode.value == MtlsMode::unset ? inherited : mode;
}

// istio: pilot/pkg/serviceregistry/kube/controller/ambient: ztunnel cannot refuse mTLS.
Traced<MtlsMode> as_dataplane(Traced<MtlsMode> mode, bool ambient) {
  if (ambient && mode.value == MtlsMode::disable) mode.value = MtlsMode::permissive;
  return mode;
}

// Not one with a selector: istiod ignores those of a root namespace.
bool is_mesh_wide(const PeerAuthentication& policy, std::string_view root) {
  return !policy.selector && policy.placed && policy.name_space == root;
}

class Resolver {
 public:
  Resolver(const Mesh& mesh, const RootNamespaces& roots, Mtls& mtls)
      : mesh_(mesh), roots_(roots), mtls_(mtls), coverage_(mesh, mtls) {
    for (const PolicyTarget& target : mesh.policy_targets.all()) {
      if (target.workload != nullptr) planes_[target.workload] = target.plane;
    }
  }

  void run() {
    resolve_mesh();
    sort_by_level();
    for (const auto& [name, policies] : wide_) {
      Candidates placed;
      std::ranges::copy_if(policies, std::back_inserter(placed), &PeerAuthentication::placed);
      mtls_.winner_by_namespace[name] = oldest(placed);
    }
    std::set<std::string, std::less<>> names;
    for (const Workload& workload : mesh_.workloads) names.insert(workload.name_space);
    for (const PeerAuthentication& policy : mtls_.policies) names.insert(policy.name_space);
    for (const std::string& name : names) {
      mtls_.by_namespace[name] = of_namespace(name, roots_.of_namespace(name), nullptr);
    }
    for (const Workload& workload : mesh_.workloads) {
      mtls_.by_workload[workload.object] = of_workload(workload);
    }
  }

 private:
  void resolve_mesh() {
    for (const std::string& root : roots_.names()) {
      Candidates candidates;
      for (const PeerAuthentication& policy : mtls_.policies) {
        if (is_mesh_wide(policy, root)) candidates.push_back(&policy);
      }
      const Winner winner = winner_of(candidates);
      const bool known = winner.policy != nullptr || coverage_.of_root(root);
      mtls_.mesh_policy = winner.policy;
      mtls_.mesh_wide = apply(winner, known ? permissive_by_default()
                                            : unknown("the mesh-wide PeerAuthentication, if there "
                                                      "is one, is not in the input"));
      mesh_wide_[root] = mtls_.mesh_wide;
    }
    if (!roots_.several()) return;
    // Then there is no one mode for the whole mesh.
    mtls_.mesh_policy = nullptr;
    mtls_.mesh_wide = unknown(fmt::format("control planes have root namespaces of their own: {}",
                                          fmt::join(roots_.names(), ", ")));
  }

  Traced<MtlsMode> below(std::string_view root) const {
    const auto found = mesh_wide_.find(root);
    if (found != mesh_wide_.end()) return found->second;
    return unknown(
        "which control plane's root namespace holds its PeerAuthentication is not in the input");
  }

  void sort_by_level() {
    for (const PeerAuthentication& policy : mtls_.policies) {
      if (!policy.selector) wide_[policy.name_space].push_back(&policy);
      for (const Workload* workload : policy.selected) selecting_[workload].push_back(&policy);
    }
  }

  // `beside`: the workload it is for, which keeps out what has no namespace and lies elsewhere.
  Traced<MtlsMode> of_namespace(std::string_view name, std::string_view root,
                                const Workload* beside) const {
    Candidates candidates;
    if (const auto found = wide_.find(name); found != wide_.end()) {
      std::ranges::copy_if(found->second, std::back_inserter(candidates),
                           [&](const PeerAuthentication* policy) {
                             return !is_mesh_wide(*policy, root) &&
                                    (beside == nullptr || concerns(*policy, *beside->object));
                           });
    }
    const Winner winner = winner_of(candidates);
    if (winner.policy != nullptr || !winner.doubt.empty() || name == root ||
        coverage_.of_namespace(name)) {
      return apply(winner, below(root));
    }
    return unknown(
        fmt::format("the PeerAuthentications of namespace {}, if there are any, are not "
                    "in the input",
                    name));
  }

  WorkloadMtls of_workload(const Workload& workload) const {
    const auto known = planes_.find(&workload);
    const DataPlane plane = known == planes_.end() ? DataPlane::unknown : known->second;
    const bool ambient = plane == DataPlane::ztunnel;
    WorkloadMtls result;
    result.enforced = ambient || plane == DataPlane::sidecar;
    result.mode =
        as_dataplane(of_namespace(workload.name_space, roots_.of(workload), &workload), ambient);
    const auto found = selecting_.find(&workload);
    if (found == selecting_.end()) return result;
    const Winner winner = winner_of(found->second);
    result.mode = as_dataplane(apply(winner, result.mode), ambient);
    result.policy = winner.policy;
    if (winner.policy == nullptr) return result;
    for (const PeerAuthentication::Port& port : winner.policy->ports) {
      Traced<MtlsMode> mode{port.mode, from_input(port.value)};
      if (port.mode == MtlsMode::unset) mode = result.mode;
      if (!winner.policy->mode.known()) mode = winner.policy->mode;
      result.ports.push_back({port.number, as_dataplane(std::move(mode), ambient)});
    }
    return result;
  }

  const Mesh& mesh_;
  const RootNamespaces& roots_;
  Mtls& mtls_;
  MtlsCoverage coverage_;
  std::unordered_map<const Workload*, DataPlane> planes_;
  std::map<std::string, Traced<MtlsMode>, std::less<>> mesh_wide_;  // by root namespace
  std::map<std::string, Candidates, std::less<>> wide_;             // without selector
  std::unordered_map<const Workload*, Candidates> selecting_;
};

std::optional<MtlsMode> mode_of(std::string_view text) {
  if (text.empty() || text == "UNSET") return MtlsMode::unset;
  if (text == "DISABLE") return MtlsMode::disable;
  if (text == "PERMISSIVE") return MtlsMode::permissive;
  if (text == "STRICT") return MtlsMode::strict;
  return std::nullopt;
}

Traced<MtlsMode> read_mode(Node mtls, Node owner) {
  const Node node = mtls["mode"];
  if (node.is_null()) return {MtlsMode::unset, absent_at(owner)};
  const auto mode = mode_of(node.text());
  if (mode) return {*mode, from_input(node)};
  return unknown(fmt::format("the mode {} is a variable, or no mode at all", node.text()), node);
}

PeerAuthentication read_policy(const Resource& object, const Mesh& mesh,
                               const RootNamespaces& roots) {
  PeerAuthentication policy{.object = &object,
                            .name_space = std::string(object.name_space()),
                            .name = std::string(object.name()),
                            .selector = {},
                            .mode = read_mode(object.spec()["mtls"], object.anchor()),
                            .ports = {},
                            .selected = {}};
  policy.placed = !object.metadata()["namespace"].text().empty();
  policy.in_root = roots.has(policy.name_space);
  const Node labels = object.spec()["selector"]["matchLabels"];
  if (labels.size() != 0) policy.selector = labels;
  for (const auto [key, value] : object.spec()["portLevelMtls"].entries()) {
    const auto number = port_number(key.text());
    const auto mode = mode_of(value["mode"].text());
    if (number && mode) policy.ports.push_back({*number, *mode, key, value["mode"]});
  }
  if (!policy.selector) return policy;
  for (const Workload* workload : mesh.workload_index->select(policy.name_space, policy.selector)) {
    const bool ignored = policy.in_root && roots.of(*workload) == policy.name_space;
    if (!ignored && concerns(policy, *workload->object)) policy.selected.push_back(workload);
  }
  return policy;
}

bool same_content(Node one, Node other) {
  if (one.kind() != other.kind() || one.size() != other.size()) return false;
  if (one.is_scalar()) return one.text() == other.text();
  if (one.is_mapping()) {
    return std::ranges::all_of(one.entries(), [&](const Entry& entry) {
      return same_content(entry.value, other[entry.key.text()]);
    });
  }
  for (std::size_t index = 0; index < one.size(); ++index) {
    if (!same_content(one.at(index), other.at(index))) return false;
  }
  return true;
}

// Files of several clusters, or of several steps, may describe one policy differently.
void read_policies(const Mesh& mesh, const RootNamespaces& roots, Mtls& mtls) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> first;
  for (const Resource* object : mesh.resources->of_kind("PeerAuthentication")) {
    if (object->group() != "security.istio.io") continue;
    const auto [known, added] =
        first.try_emplace({object->name_space(), object->name()}, mtls.policies.size());
    if (added) {
      mtls.policies.push_back(read_policy(*object, mesh, roots));
      continue;
    }
    PeerAuthentication& policy = mtls.policies[known->second];
    if (same_content(policy.object->spec(), object->spec())) continue;
    policy.mode =
        unknown(fmt::format("the input holds PeerAuthentication {}/{} more than once, and "
                            "not always the same",
                            policy.name_space, policy.name),
                policy.object->anchor());
  }
}

}  // namespace

std::string_view to_string(MtlsMode mode) {
  switch (mode) {
    case MtlsMode::unset: return "UNSET";
    case MtlsMode::disable: return "DISABLE";
    case MtlsMode::permissive: return "PERMISSIVE";
    case MtlsMode::strict: return "STRICT";
  }
  return "";
}

bool admits_plaintext(MtlsMode mode) {
  return mode == MtlsMode::permissive || mode == MtlsMode::disable;
}

std::string_view created(const PeerAuthentication& policy) {
  const Node time = policy.object->metadata()["creationTimestamp"];
  return time.is_null() ? std::string_view{} : time.text();
}

const PeerAuthentication* oldest(std::span<const PeerAuthentication* const> candidates) {
  if (candidates.empty()) return nullptr;
  const bool dated = std::ranges::none_of(
      candidates, [](const PeerAuthentication* one) { return created(*one).empty(); });
  if (!dated && candidates.size() != 1) return nullptr;
  return *std::ranges::min_element(candidates, {},
                                   [](const PeerAuthentication* one) { return age(*one); });
}

const Traced<MtlsMode>& WorkloadMtls::weakest(const std::vector<std::int64_t>& on_ports) const {
  const Traced<MtlsMode>* found = on_ports.empty() ? &mode : &on(on_ports.front());
  for (const std::int64_t port : on_ports) {
    const Traced<MtlsMode>& one = on(port);
    if (one.known() && (!found->known() || one.value < found->value)) found = &one;
  }
  return *found;
}

const Traced<MtlsMode>& WorkloadMtls::on(std::int64_t port) const {
  const auto found = std::ranges::find(ports, port, &Port::number);
  return found == ports.end() ? mode : found->mode;
}

const WorkloadMtls& Mtls::of(const Workload& workload) const {
  return by_workload.at(workload.object);
}

Traced<MtlsMode> Mtls::above(const PeerAuthentication& policy) const {
  if (!policy.selector) return policy.in_root ? permissive_by_default() : mesh_wide;
  return by_namespace.at(policy.name_space);
}

bool Mtls::is_ignored(const PeerAuthentication& policy) const {
  if (!policy.placed || created(policy).empty()) return false;
  if (policy.selector) {
    return !policy.selected.empty() &&
           std::ranges::all_of(policy.selected, [&](const Workload* workload) {
             const PeerAuthentication* winner = of(*workload).policy;
             return winner != nullptr && !created(*winner).empty() && age(*winner) < age(policy);
           });
  }
  const PeerAuthentication* winner = winner_by_namespace.at(policy.name_space);
  return winner != nullptr && winner != &policy;
}

bool is_strict_throughout(const Mesh& mesh) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    const WorkloadMtls& mtls = mesh.mtls->of(workload);
    if (!mtls.enforced) continue;
    if (!mtls.mode.known() || mtls.mode.value != MtlsMode::strict) return false;
    any = true;
  }
  return any;
}

std::shared_ptr<const Mtls> read_mtls(const Mesh& mesh) {
  auto mtls = std::make_shared<Mtls>();
  mtls->root_namespace = mesh.root_namespace.name;
  const RootNamespaces roots(mesh);
  read_policies(mesh, roots, *mtls);
  Resolver(mesh, roots, *mtls).run();
  return mtls;
}

}  // namespace meshcheck
