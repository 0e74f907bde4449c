// Severity, documentation and parameters: rules/mc211-gateway-availability.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// What one gateway lacks, and the objects that would give it.
struct Gaps {
  bool replicas = false;
  bool budget = false;
  bool spread = false;

  bool any() const { return replicas || budget || spread; }
};

ObjectRef ref_of(const Gateway& gateway) {
  if (gateway.workload != nullptr) {
    ObjectRef object = gateway.workload->ref();
    object.revision = gateway.revision;
    return object;
  }
  return {"apps/v1", gateway.kind, gateway.name_space, gateway.name, gateway.revision};
}

Gaps gaps_of(const Gateway& gateway, std::int64_t wanted) {
  return {.replicas = gateway.min_replicas().value < wanted,
          .budget = gateway.budgets.empty(),
          .spread = gateway.spread.host == Spread::Strength::none &&
                    gateway.spread.zone == Spread::Strength::none};
}

// Clients outside come in through it. An egress gateway or waypoint is reached from inside, however
// its Service is typed.
bool takes_traffic_from_outside(const Gateway& gateway) {
  return gateway.exposed && gateway.gateway_class != "egress" &&
         gateway.gateway_class != "waypoint";
}

std::string list_of(const Gaps& gaps, const Gateway& gateway) {
  std::string text;
  const auto add = [&](std::string_view part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  if (gaps.replicas) {
    const Traced<std::int64_t> replicas = gateway.min_replicas();
    add(fmt::format("{} replica{} at rest ({})", replicas.value, replicas.value == 1 ? "" : "s",
                    replicas.from.text));
  }
  if (gaps.budget) add("no PodDisruptionBudget");
  if (gaps.spread) add("nothing keeps its pods on different nodes");
  return text;
}

std::string labels_of(const Gateway& gateway) {
  if (gateway.workload == nullptr) return {};
  const Node labels = gateway.workload->spec()["selector"]["matchLabels"];
  return labels.size() == 0 ? std::string() : flow_mapping(labels);
}

std::string replicas_patch(const Gateway& gateway, std::int64_t wanted) {
  if (!gateway.autoscaler) return {};
  const bool keda = gateway.autoscaler->object.kind == "ScaledObject";
  return fmt::format("{}spec:\n  {}: {}\n", manifest_head(gateway.autoscaler->object),
                     keda ? "minReplicaCount" : "minReplicas", wanted);
}

std::string workload_patch(const Gateway& gateway, const Gaps& gaps, std::int64_t wanted,
                           const std::string& labels) {
  const bool replicas = gaps.replicas && !gateway.autoscaler;
  if (!replicas && !gaps.spread) return {};
  std::string patch = manifest_head(ref_of(gateway)) + "spec:\n";
  if (replicas) patch += fmt::format("  replicas: {}\n", wanted);
  if (gaps.spread) {
    patch += fmt::format(
        "  template:\n    spec:\n      topologySpreadConstraints:\n        - maxSkew: 1\n"
        "          topologyKey: kubernetes.io/hostname\n"
        "          whenUnsatisfiable: ScheduleAnyway\n"
        "          labelSelector:\n            matchLabels: {}\n",
        labels);
  }
  return patch;
}

std::string budget_patch(const Gateway& gateway, const std::string& labels) {
  const ObjectRef budget{"policy/v1", "PodDisruptionBudget", gateway.name_space, gateway.name, {}};
  return fmt::format("{}spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels: {}\n",
                     manifest_head(budget), labels);
}

std::string patch_of(const Gateway& gateway, const Gaps& gaps, std::int64_t wanted) {
  const std::string labels = labels_of(gateway);
  if (labels.empty()) return {};
  std::string patch;
  const auto add = [&](const std::string& object) {
    if (!patch.empty() && !object.empty()) patch += "---\n";
    patch += object;
  };
  if (gaps.replicas) add(replicas_patch(gateway, wanted));
  add(workload_patch(gateway, gaps, wanted, labels));
  if (gaps.budget) add(budget_patch(gateway, labels));
  return patch;
}

std::string advice(const Gateway& gateway) {
  std::string text = "Run at least two, on different nodes, and let only one be evicted at a time.";
  // istiod writes this Deployment and undoes what others change in its template (istio:
  // pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
  if (gateway.workload != nullptr && gateway.workload->labels()["gateway.istio.io/managed"]) {
    text +=
        " istiod owns this Deployment: give the changes to its Gateway, in a ConfigMap that "
        "spec.infrastructure.parametersRef names.";
  }
  return text;
}

void judge(const Gateway& gateway, std::int64_t wanted, Sink& sink) {
  const Gaps gaps = gaps_of(gateway, wanted);
  if (!gaps.any()) {
    sink.judged();
    return;
  }
  const Traced<std::int64_t> replicas = gateway.min_replicas();
  const Node where = gaps.replicas && replicas.from.node ? replicas.from.node : gateway.anchor;
  const bool outside = takes_traffic_from_outside(gateway);
  Draft finding =
      outside && gaps.replicas
          ? sink.report(where, "clients reach the mesh through gateway {}, which has {}",
                        gateway.name, list_of(gaps, gateway))
          : sink.report_as("incomplete", where, "gateway {} has {}", gateway.name,
                           list_of(gaps, gateway));
  finding.object(ref_of(gateway))
      .field(gaps.replicas && !gateway.autoscaler ? "spec.replicas" : "spec")
      .fix(advice(gateway))
      .patch(patch_of(gateway, gaps, wanted));
  if (outside && gateway.service != nullptr) {
    finding.related(fmt::format("its Service, of type {}", gateway.service->spec()["type"].text()),
                    gateway.service->anchor(), gateway.service->ref());
  }
  if (gaps.replicas && gateway.autoscaler) {
    finding.related("its autoscaler", gateway.autoscaler->anchor, gateway.autoscaler->object);
  }
}

}  // namespace

void mc211_gateway_availability(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const Gateway& gateway : mesh.gateways) {
    const Traced<std::int64_t> replicas = gateway.min_replicas();
    // A DaemonSet runs one on every node; scaled to 0 there is nothing to keep up.
    if (gateway.kind == "DaemonSet" || (!gateway.autoscaler && replicas.value == 0)) {
      sink.judged();
    } else if (!replicas.known()) {
      sink.not_evaluated(fmt::format("the replicas of gateway {} are not in the input ({})",
                                     gateway.name, replicas.from.text));
    } else {
      judge(gateway, parameters.integer("min-replicas"), sink);
    }
  }
}

}  // namespace meshcheck::rules
