// Who can be selected: workloads, machines outside the cluster, and gateways that only their
// Gateway or their installation tells of.
#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "mesh/read_policies.h"
#include "meshcheck/container.h"

namespace meshcheck {
namespace {

constexpr std::string_view kGatewayName = "gateway.networking.k8s.io/gateway-name";

DataPlane plane_of(const InjectionDecision& decision) {
  if (decision.injected) return DataPlane::sidecar;
  if (decision.reason == InjectionReason::ambient) return DataPlane::ztunnel;
  return decision.known() ? DataPlane::none : DataPlane::unknown;
}

// "web" of the ReplicaSet "web-5d4f7c9b6d".
std::string_view without_hash(std::string_view name) { return name.substr(0, name.rfind('-')); }

// Whose pod or Job it is, as far as that is in the input; else null.
const Resource* owner_of(const ResourceIndex& resources, const Resource& object) {
  for (const Node owner : object.metadata()["ownerReferences"].items()) {
    const std::string_view kind = owner["kind"].text();
    const std::string_view name = owner["name"].text();
    const std::string_view name_space = object.name_space();
    if (const Resource* shown = resources.find(kind, name_space, name)) {
      if (is_workload_kind(kind)) return shown;
    } else if (kind == "ReplicaSet") {
      for (const char* const maker : {"Deployment", "Rollout"}) {
        if (const auto* by = resources.find(maker, name_space, without_hash(name))) return by;
      }
    }
  }
  return nullptr;
}

// What stands for a running pod, or for a Job of a CronJob; else null.
const Resource* shown_by(const ResourceIndex& resources, const Resource& object) {
  constexpr int kLongest = 4;  // a pod's Job's CronJob, and owners that name each other
  const Resource* owner = owner_of(resources, object);
  for (int step = 0; owner != nullptr && step < kLongest; ++step) {
    const Resource* above = owner_of(resources, *owner);
    if (above == nullptr) return owner;
    owner = above;
  }
  return owner;
}

// Injected by hand (`istioctl kube-inject`), or running.
bool runs_sidecar(Node pod) {
  if (pod["metadata"]["annotations"]["sidecar.istio.io/status"]) return true;
  const Node proxy = find_container(pod["spec"], kProxyContainer);
  return std::ranges::any_of(proxy["args"].items(),
                             [](Node argument) { return argument.text() == "sidecar"; });
}

class Reader {
 public:
  explicit Reader(const Mesh& mesh) : mesh_(mesh) {
    for (const Gateway& gateway : mesh.gateways) {
      if (gateway.workload != nullptr) gateways_.emplace(gateway.workload, &gateway);
    }
  }

  std::vector<PolicyTarget> read() {
    for (const Workload& workload : mesh_.workloads) add(workload);
    for (PolicyTarget& target : targets_) add_labels_of_pods(target);
    for (const char* kind : {"WorkloadEntry", "WorkloadGroup"}) {
      for (const Resource* object : mesh_.resources->of_kind(kind)) add_machine(*object);
    }
    for (const Gateway& gateway : mesh_.gateways) {
      if (gateway.workload == nullptr) add_declared(gateway);
    }
    for (const RequestedGateway& gateway : mesh_.requested_gateways) add_requested(gateway);
    return std::move(targets_);
  }

 private:
  void add(const Workload& workload) {
    const Resource& object = *workload.object;
    if (const Resource* owner = shown_by(*mesh_.resources, object)) {
      if (workload.kind == "Pod") pods_[owner].push_back(workload.pod_labels());
      return;
    }
    PolicyTarget target = describe(object);
    target.labels = LabelSet(workload.pod_labels());
    target.workload = &workload;
    target.plane = plane_of(workload.decision);
    if (runs_sidecar(object.pod_template())) target.plane = DataPlane::sidecar;
    if (const auto gateway = gateways_.find(&object); gateway != gateways_.end()) {
      target.plane = gateway->second->is_waypoint() ? DataPlane::waypoint : DataPlane::gateway;
    }
    target.gateway = target.labels.find(kGatewayName).value_or("");
    targets_.push_back(std::move(target));
  }

  // istiod compares with what pods carry (istio: pilot/pkg/model/policyattachment.go). Of a label
  // that each pod has with another value (statefulset.kubernetes.io/pod-name) the first is kept.
  void add_labels_of_pods(PolicyTarget& target) const {
    const auto pods = pods_.find(target.object);
    if (pods == pods_.end()) return;
    for (const Node labels : pods->second) {
      for (const auto [key, value] : labels.entries()) {
        if (!target.labels.find(key.text())) target.labels.set(key.text(), value.text());
      }
    }
  }

  void add_machine(const Resource& object) {
    if (object.group() != "networking.istio.io") return;
    PolicyTarget target = describe(object);
    const Node spec = object.spec();
    target.labels =
        LabelSet(object.kind() == "WorkloadEntry" ? spec["labels"] : spec["metadata"]["labels"]);
    targets_.push_back(std::move(target));
  }

  // Labelled as Istio's gateway charts do (istio: manifests/charts/gateway/templates/_helpers.tpl).
  void add_declared(const Gateway& gateway) {
    PolicyTarget target;
    target.kind = gateway.kind;
    target.name_space = gateway.name_space;
    target.name = gateway.name;
    target.plane = DataPlane::gateway;
    target.anchor = gateway.anchor;
    target.labels.set("app", target.name);
    constexpr std::string_view kPrefix = "istio-";
    target.labels.set("istio", target.name.starts_with(kPrefix) ? target.name.substr(kPrefix.size())
                                                                : target.name);
    targets_.push_back(std::move(target));
  }

  // What istiod deploys.
  void add_requested(const RequestedGateway& gateway) {
    PolicyTarget target = describe(*gateway.object);
    target.labels = LabelSet(gateway.object->spec()["infrastructure"]["labels"]);
    target.labels.set(kGatewayName, gateway.object->name());
    target.gateway = gateway.object->name();
    target.plane = gateway.is_waypoint() ? DataPlane::waypoint : DataPlane::gateway;
    targets_.push_back(std::move(target));
  }

  static PolicyTarget describe(const Resource& object) {
    PolicyTarget target;
    target.kind = object.kind();
    target.name_space = object.name_space();
    target.name = object.name();
    target.object = &object;
    target.anchor = object.anchor();
    return target;
  }

  const Mesh& mesh_;
  std::map<const Resource*, const Gateway*> gateways_;
  std::unordered_map<const Resource*, std::vector<Node>> pods_;  // labels, by their owner
  std::vector<PolicyTarget> targets_;
};

}  // namespace

void read_policy_targets(Mesh& mesh) {
  mesh.policy_targets.assign(Reader(mesh).read());
  for (const Resource* service : mesh.resources->of_kind("Service")) {
    if (service->group().empty()) mesh.policy_targets.attach_service(*service);
  }
}

}  // namespace meshcheck
