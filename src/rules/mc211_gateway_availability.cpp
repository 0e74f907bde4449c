// Severity, documentation and parameters: rules/mc211-gateway-availability.yaml
#include <algorithm>
#include <optional>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// What a gateway is known to lack.
struct Gaps {
  bool replicas = false;
  bool budget = false;
  bool spread = false;
};

Gaps gaps_of(const Gateway& gateway, std::int64_t wanted) {
  return {.replicas = gateway.min_replicas().value < wanted,
          .budget = gateway.budgets_known && gateway.budgets.empty(),
          .spread = gateway.spread_known && gateway.spread.host == Spread::Strength::none &&
                    gateway.spread.zone == Spread::Strength::none};
}

// An egress gateway or waypoint is reached from inside the mesh, however its Service is typed.
bool takes_traffic_from_outside(const Gateway& gateway) {
  return gateway.exposed && gateway.gateway_class != "egress" &&
         gateway.gateway_class != "waypoint";
}

ObjectRef ref_of(const Gateway& gateway) {
  ObjectRef object{"apps/v1", gateway.kind, gateway.name_space, gateway.name, {}};
  if (gateway.workload != nullptr) object = gateway.workload->ref();
  object.revision = gateway.revision;
  return object;
}

std::string list_of(const Gateway& gateway, const Gaps& gaps) {
  std::vector<std::string> parts;
  if (gaps.replicas) {
    const Traced<std::int64_t> replicas = gateway.min_replicas();
    parts.push_back(fmt::format("only {} replica{} at rest{}", replicas.value,
                                replicas.value == 1 ? "" : "s", in_parentheses(replicas.from)));
  }
  if (gaps.budget) parts.emplace_back("no PodDisruptionBudget");
  if (gaps.spread) parts.emplace_back("nothing that keeps its pods on different nodes");
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Soft, so that a cluster short of nodes still runs every replica.
std::string spread_constraint(const std::string& labels) {
  return fmt::format(
      "- maxSkew: 1\n  topologyKey: kubernetes.io/hostname\n  whenUnsatisfiable: ScheduleAnyway\n"
      "  labelSelector:\n    matchLabels: {}\n",
      labels);
}

std::string workload_patch(const Gateway& gateway, const Gaps& gaps, std::int64_t wanted,
                           const std::string& labels) {
  std::string patch = manifest_head(ref_of(gateway)) + "spec:\n";
  if (gaps.replicas && !gateway.autoscaler) patch += fmt::format("  replicas: {}\n", wanted);
  if (gaps.spread) {
    patch += "  template:\n    spec:\n      topologySpreadConstraints:\n" +
             indented(spread_constraint(labels), 8);
  }
  return patch;
}

std::string budget_manifest(const Gateway& gateway, const std::string& labels) {
  const ObjectRef budget{"policy/v1", "PodDisruptionBudget", gateway.name_space, gateway.name, {}};
  return fmt::format("{}spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels: {}\n",
                     manifest_head(budget), labels);
}

std::string joined(std::vector<std::string> documents) {
  std::erase(documents, "");
  return fmt::format("{}", fmt::join(documents, "---\n"));
}

// The objects that fill the gaps of a gateway that is an object itself.
std::string object_patch(const Gateway& gateway, const Gaps& gaps, std::int64_t wanted) {
  const Node selector = gateway.workload->spec()["selector"]["matchLabels"];
  const std::string labels = flow_mapping(selector);
  std::vector<std::string> objects;
  if (gaps.replicas && gateway.autoscaler) {
    objects.push_back(minimum_patch(*gateway.autoscaler, wanted));
  }
  if ((gaps.replicas && !gateway.autoscaler) || gaps.spread) {
    objects.push_back(workload_patch(gateway, gaps, wanted, labels));
  }
  if (gaps.budget) objects.push_back(budget_manifest(gateway, labels));
  return joined(std::move(objects));
}

// The label by which the chart `gateway` tells its pods from others
// (istio: manifests/charts/gateway/templates/_helpers.tpl).
std::string chart_labels(const Gateway& gateway) {
  return fmt::format("{{app: {}}}", yaml_word(gateway.app));
}

// The same of an IstioOperator's gateways, which may share all others
// (istio: manifests/charts/gateways/istio-ingress/templates/deployment.yaml).
std::string operator_labels(const Gateway& gateway) {
  return fmt::format("{{service.istio.io/canonical-name: {}}}", yaml_word(gateway.name));
}

// Values of the chart `gateway`. From 1.28 a budget alone is not rendered: it wants more than one
// replica, which stand beside it here.
std::string chart_values(const Gateway& gateway, const Gaps& gaps, std::int64_t wanted) {
  std::string values;
  if (gaps.replicas) {
    const ReplicaBounds bounds = replica_bounds(gateway.autoscaler, gateway.asked, wanted);
    values += fmt::format("autoscaling:\n  enabled: true\n  minReplicas: {}\n", bounds.min);
    if (bounds.max) values += fmt::format("  maxReplicas: {}\n", *bounds.max);
  }
  if (gaps.budget) values += "podDisruptionBudget:\n  maxUnavailable: 1\n";
  if (gaps.spread) {
    values +=
        "topologySpreadConstraints:\n" + indented(spread_constraint(chart_labels(gateway)), 2);
  }
  switch (gateway.method) {
    case InstallMethod::flux: return "spec:\n  values:\n" + indented(values, 4);
    case InstallMethod::argo:
      return "spec:\n  source:\n    helm:\n      valuesObject:\n" + indented(values, 8);
    case InstallMethod::kustomize: return "valuesInline:\n" + indented(values, 2);
    default: return values;
  }
}

std::string_view values_place(InstallMethod method) {
  switch (method) {
    case InstallMethod::flux: return "the HelmRelease";
    case InstallMethod::argo: return "the Argo CD Application";
    case InstallMethod::kustomize: return "the kustomization's helmCharts entry";
    default: return "the values of the gateway chart";
  }
}

// Soft, too; affinity is all that these charts take for spread.
std::string preferred_hosts(const Gateway& gateway) {
  return fmt::format(
      "affinity:\n  podAntiAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n"
      "      - weight: 100\n        podAffinityTerm:\n"
      "          topologyKey: kubernetes.io/hostname\n"
      "          labelSelector:\n            matchLabels: {}\n",
      operator_labels(gateway));
}

// What the component says already of replicas is laid over the values
// (istio: operator/pkg/render/manifest.go), and no replicaCount may stand beside autoscaling
// (operator/pkg/apis/validation).
std::string component_scaling(const Gateway& gateway, bool raises, const ReplicaBounds& bounds) {
  const Node hpa = gateway.k8s["hpaSpec"];
  std::string spec;
  if (raises && hpa["minReplicas"]) spec += fmt::format("  minReplicas: {}\n", bounds.min);
  if (bounds.max && hpa["maxReplicas"]) spec += fmt::format("  maxReplicas: {}\n", *bounds.max);
  return fmt::format("{}{}{}", gateway.k8s["replicaCount"] ? "replicaCount: null\n" : "",
                     spec.empty() ? "" : "hpaSpec:\n", spec);
}

// What an IstioOperator says of a gateway. The legacy charts render a budget where their own values
// ask for two.
std::string operator_settings(const Gateway& gateway, const Gaps& gaps, std::int64_t wanted) {
  const bool egress = gateway.gateway_class == "egress";
  std::string k8s = gaps.spread ? preferred_hosts(gateway) : "";
  std::string values;
  if (gaps.replicas || gaps.budget) {
    const std::int64_t min = std::max(wanted, gateway.min_replicas().value);
    ReplicaBounds bounds = replica_bounds(gateway.autoscaler, gateway.asked, min);
    if (!gaps.replicas && gateway.autoscaler) bounds = {.min = min, .max = std::nullopt};
    k8s += component_scaling(gateway, gaps.replicas, bounds);
    values = "  values:\n";
    if (gaps.budget && gateway.budget_off) {
      values += "    global:\n      defaultPodDisruptionBudget:\n        enabled: true\n";
    }
    values += fmt::format(
        "    gateways:\n      {}:\n        autoscaleEnabled: true\n        autoscaleMin: {}\n",
        egress ? "istio-egressgateway" : "istio-ingressgateway", bounds.min);
    if (bounds.max) values += fmt::format("        autoscaleMax: {}\n", *bounds.max);
  }
  std::string settings = "spec:\n";
  if (!k8s.empty()) {
    settings += fmt::format("  components:\n    {}:\n      - name: {}\n        k8s:\n",
                            egress ? "egressGateways" : "ingressGateways", yaml_word(gateway.name));
    settings += indented(k8s, 10);
  }
  return settings + values;
}

// Charts give their HPA the Deployment's name; beside another one settings would make a second.
bool scaled_by_hand(const Gateway& gateway) {
  return gateway.autoscaler && (gateway.autoscaler->object.kind == "ScaledObject" ||
                                gateway.autoscaler->object.name != gateway.name);
}

// Whose settings make the gateway, told by what asks for it or by its labels.
enum class Maker { operator_charts, gateway_chart, beside_chart, istiod, objects };

Maker maker_of(const Gateway& gateway) {
  if (gateway.autoscaler && gateway.autoscaler->beside_chart) return Maker::beside_chart;
  if (gateway.method == InstallMethod::istiooperator) return Maker::operator_charts;
  if (gateway.workload == nullptr) return Maker::gateway_chart;
  const Resource& workload = *gateway.workload;
  if (workload.labels()["gateway.istio.io/managed"]) return Maker::istiod;
  if (scaled_by_hand(gateway)) return Maker::objects;
  if (workload.label("operator.istio.io/component").ends_with("Gateways")) {
    return Maker::operator_charts;
  }
  return workload.label("helm.sh/chart").starts_with("gateway-") ? Maker::gateway_chart
                                                                 : Maker::objects;
}

// A chart that does not know of the autoscaler renders no budget for the replicas it asks for; what
// keeps the pods apart is still the values'.
void add_fix_beside_chart(Draft& finding, const Gateway& gateway, const Gaps& gaps,
                          std::string goal, std::int64_t wanted) {
  const Autoscaler& autoscaler = *gateway.autoscaler;
  if (gaps.replicas || gaps.budget) {
    goal += fmt::format(" {} {} scales it, of which the chart does not know.",
                        autoscaler.object.kind, autoscaler.object.name);
  }
  const bool by_operator = gateway.method == InstallMethod::istiooperator;
  const std::string labels = by_operator ? operator_labels(gateway) : chart_labels(gateway);
  std::vector<std::string> parts;
  if (gaps.replicas) parts.push_back(minimum_patch(autoscaler, wanted));
  if (gaps.budget) parts.push_back(budget_manifest(gateway, labels));
  if (gaps.spread) {
    goal += fmt::format(" The {} belongs in {}.", by_operator ? "affinity" : "constraint",
                        by_operator ? "the IstioOperator" : values_place(gateway.method));
    const Gaps spread{.spread = true};
    parts.push_back(by_operator ? operator_settings(gateway, spread, wanted)
                                : chart_values(gateway, spread, wanted));
  }
  finding.fix(std::move(goal)).patch(joined(std::move(parts)));
}

void add_fix(Draft& finding, const Gateway& gateway, const Gaps& gaps, std::int64_t wanted) {
  std::string goal = fmt::format(
      "Keep at least {}, on different nodes, and let only one be evicted at a time.", wanted);
  if (gaps.replicas) goal += minimum_advice(gateway.autoscaler, wanted);
  switch (maker_of(gateway)) {
    case Maker::operator_charts:
      if (gateway.workload != nullptr) goal += " It is made from an IstioOperator.";
      if (gaps.replicas || gaps.budget) {
        goal += " More than one replica in the values brings the budget along";
        // What the IstioOperator says is not to be seen in what was made of it.
        const bool seen = gateway.workload == nullptr;
        goal += seen ? "." : "; an hpaSpec or replicaCount of the component must say the same.";
      }
      finding.fix(std::move(goal)).patch(operator_settings(gateway, gaps, wanted));
      return;
    case Maker::gateway_chart:
      finding.fix(fmt::format("{} The settings belong in {}.", goal, values_place(gateway.method)))
          .patch(chart_values(gateway, gaps, wanted));
      return;
    case Maker::beside_chart:
      add_fix_beside_chart(finding, gateway, gaps, std::move(goal), wanted);
      return;
    case Maker::istiod:
      // istio: pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go
      finding.fix(goal +
                  " istiod owns this Deployment: the change belongs in a ConfigMap that "
                  "spec.infrastructure.parametersRef of its Gateway names.");
      return;
    case Maker::objects: finding.fix(std::move(goal)).patch(object_patch(gateway, gaps, wanted));
  }
}

void judge(const Gateway& gateway, std::int64_t wanted, Sink& sink) {
  const Gaps gaps = gaps_of(gateway, wanted);
  if (!gaps.replicas && !gaps.budget && !gaps.spread) {
    sink.judged();
    return;
  }
  const Traced<std::int64_t> replicas = gateway.min_replicas();
  // A default's node is the nearest that exists: a mapping about other things.
  const bool written = gaps.replicas && replicas.from.node.is_scalar();
  const Node where = written ? replicas.from.node : gateway.anchor;
  const bool outside = takes_traffic_from_outside(gateway);
  const std::string lacks = list_of(gateway, gaps);
  const char* who = gateway.gateway_class == "eastwest" ? "other clusters" : "clients";
  Draft finding =
      outside && gaps.replicas
          ? sink.report(where, "{} come in through gateway {}, which has {}", who, gateway.name,
                        lacks)
          : sink.report_as("incomplete", where, "gateway {} has {}", gateway.name, lacks);
  finding.object(ref_of(gateway)).field(gaps.replicas ? "spec.replicas" : "spec");
  if (outside && gateway.service != nullptr) {
    finding.related(fmt::format("its Service is a {}", gateway.service->spec()["type"].text()),
                    gateway.service->anchor(), gateway.service->ref());
  }
  if (gaps.replicas && gateway.autoscaler && gateway.workload != nullptr) {
    finding.related("its autoscaler", gateway.autoscaler->anchor, gateway.autoscaler->object);
  }
  add_fix(finding, gateway, gaps, wanted);
}

}  // namespace

void mc211_gateway_availability(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const Gateway& gateway : mesh.gateways) {
    const Traced<std::int64_t> replicas = gateway.min_replicas();
    // A DaemonSet runs one on every node; scaled to 0 there is nothing to keep up.
    if (gateway.kind == "DaemonSet" || (!gateway.autoscaler && replicas.value == 0)) {
      sink.judged();
    } else if (!replicas.known() || !gateway.autoscaler_known) {
      sink.not_evaluated(fmt::format("the replicas of gateway {} are not in the input{}",
                                     gateway.name, in_parentheses(replicas.from)));
    } else {
      judge(gateway, parameters.integer("min-replicas"), sink);
    }
  }
  if (const auto& asked = mesh.requested_gateways; !asked.empty()) {
    sink.not_evaluated(
        fmt::format("what istiod deploys for Gateway {}{} is not in the input, nor what may scale "
                    "and guard it",
                    asked.front().object->name(),
                    asked.size() == 1 ? "" : fmt::format(" and {} more", asked.size() - 1)),
        {"Deployment"});
  }
}

}  // namespace meshcheck::rules
