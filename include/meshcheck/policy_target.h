// What security policies select: every proxy of the mesh and who stands in for it, found by
// namespace and by label.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/injection.h"
#include "meshcheck/resource.h"

namespace meshcheck {

// Who enforces a policy for a workload.
enum class DataPlane : std::uint8_t {
  sidecar,
  ztunnel,  // of the node, for a workload in ambient mode
  waypoint,
  gateway,
  none,     // it is not in the mesh
  unknown,  // the labels of its Namespace are not in the input
};
std::string_view to_string(DataPlane plane);

// A workload as policies see it: its own object, or the gateway that a Gateway API Gateway or an
// installation asks for. Views of the documents and of the mesh that it belongs to.
struct PolicyTarget {
  std::string_view kind;  // "Deployment"; "Gateway" for what istiod deploys for one
  std::string_view name_space;
  std::string_view name;
  // Of its pods: those of its template, and of pods that run what controllers and the injector add.
  LabelSet labels;
  DataPlane plane = DataPlane::unknown;
  std::string_view gateway;               // the Gateway API Gateway that it serves, or empty
  const Workload* workload = nullptr;     // or null
  const Resource* object = nullptr;       // null: asked for by an installation's values only
  std::vector<const Resource*> services;  // Kubernetes Services that select its pods
  Node anchor;

  std::string id() const;  // "Deployment/shop/web"
  bool has_all(Node match_labels) const;
};

using TargetList = std::shared_ptr<const std::vector<const PolicyTarget*>>;

// For messages: "Deployment/shop/api, Deployment/shop/web and 3 more".
std::string name_some(const std::vector<std::string>& names);
std::string name_some(const std::vector<const PolicyTarget*>& targets);

// All targets of a mesh. Lists are handed out shared: a policy for a whole namespace costs nothing.
class PolicyTargets {
 public:
  PolicyTargets();
  ~PolicyTargets() = default;
  PolicyTargets(PolicyTargets&&) = default;
  PolicyTargets& operator=(PolicyTargets&&) = default;
  // Lists hold pointers to the targets of this very object.
  PolicyTargets(const PolicyTargets&) = delete;
  PolicyTargets& operator=(const PolicyTargets&) = delete;

  void assign(std::vector<PolicyTarget> targets);  // once; in the order of the input
  void attach_service(const Resource& service);

  // Every target, waypoints too.
  const std::vector<PolicyTarget>& all() const { return targets_; }
  // What a policy without selector reaches in the namespace; the name "*": in the whole mesh.
  // Waypoints take only policies that name them (istio: pilot/pkg/model/policyattachment.go), so
  // they are in no such list, nor in those of select().
  TargetList in_namespace(std::string_view name_space) const;
  // Those of the namespace (or, for the name "*", of the mesh) whose pods have every one of the
  // labels. Indexes as it goes: a policy costs what it selects.
  TargetList select(std::string_view name_space, Node match_labels);
  // The proxies of a Gateway API Gateway.
  TargetList of_gateway(std::string_view name_space, std::string_view gateway) const;

 private:
  using Members = std::vector<const PolicyTarget*>;
  using ByValue = std::map<std::string_view, Members>;

  std::vector<PolicyTarget> targets_;
  std::map<std::string_view, TargetList> by_namespace_;
  std::map<std::pair<std::string_view, std::string_view>, std::shared_ptr<Members>> by_gateway_;
  std::map<std::pair<std::string_view, std::string_view>, ByValue> by_label_;  // namespace and key
  TargetList none_;
};

}  // namespace meshcheck
