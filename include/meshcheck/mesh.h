// The picture of one mesh that rules read: effective values with where each came from.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/access_log.h"
#include "meshcheck/authorization.h"
#include "meshcheck/document.h"
#include "meshcheck/finding.h"
#include "meshcheck/injection.h"
#include "meshcheck/observations.h"
#include "meshcheck/policy_target.h"
#include "meshcheck/quantity.h"
#include "meshcheck/resource.h"
#include "meshcheck/settings.h"
#include "meshcheck/traced.h"

namespace meshcheck {

class WorkloadIndex;  // meshcheck/service.h
struct Mtls;          // meshcheck/mtls.h

enum class ControlPlaneSource : std::uint8_t {
  rendered,
  live,
  helm_values,
  istiooperator,
  sail,
  values_configmap,
};
std::string_view to_string(ControlPlaneSource source);  // "helm-values", as `inspect` prints it

// An HPA, or a KEDA ScaledObject, which makes one.
struct Autoscaler {
  ObjectRef object;
  Node anchor;               // its name, or the values' node that asks for it
  Traced<std::int64_t> min;  // API default 1
  Traced<std::int64_t> max;
  Traced<std::optional<std::int64_t>> cpu_target;     // utilisation in per cent of the request
  Traced<std::optional<std::int64_t>> memory_target;  // the same
  bool other_metrics = false;  // it scales on something beside CPU and memory
  // What KEDA keeps to at rest, whatever the minimum says: "idleReplicaCount" or an annotation.
  std::string over_minimum;
  // Put by hand beside a workload that a chart makes: none of its settings has an effect on it.
  bool beside_chart = false;
};

struct DisruptionBudget {
  ObjectRef object;
  Node anchor;
  Traced<std::optional<IntOrPercent>> min_available;
  Traced<std::optional<IntOrPercent>> max_unavailable;
  bool beside_chart = false;  // as an Autoscaler's
};

// A VPA that changes pods (updateMode other than Off).
struct VerticalAutoscaler {
  ObjectRef object;
  Node anchor;
  bool controls_cpu = false;
  bool controls_memory = false;
  std::optional<Quantity> min_cpu;
  std::optional<Quantity> min_memory;
  bool scales_limits = true;  // controlledValues: limits keep their ratio to the requests
};

// What an autoscaler may grow to that the charts make unasked (istio: manifests/charts/
// istio-control/istio-discovery/values.yaml, …/gateway/values.yaml, …/gateways/istio-ingress).
inline constexpr std::int64_t kChartMaximum = 5;

// What values say of replicas, with effect or without: a fix must neither take it away nor trip
// over it.
struct AskedReplicas {
  std::int64_t at_rest = 0;              // the largest minimum or fixed number; 0: none
  std::int64_t at_most = 0;              // the largest maximum; 0: none
  std::int64_t ceiling = kChartMaximum;  // of an autoscaler, were one turned on
};

// How replicas keep apart. Only terms whose selector selects these very pods count.
struct Spread {
  enum class Strength : std::uint8_t { none, preferred, required };
  Strength anti_affinity = Strength::none;  // any topology key; as `inspect` prints it
  Strength host = Strength::none;  // anti-affinity or topologySpreadConstraints on hostname
  Strength zone = Strength::none;  // the same on topology.kubernetes.io/zone
  bool topology_spread = false;  // any topologySpreadConstraints stand there, whatever they select
  Provenance from;
};

struct EnvVar {
  std::string name;
  std::optional<std::string> value;  // nullopt: valueFrom
  Node node;
};

// One istiod revision, from whatever described it.
struct ControlPlane {
  std::string name;
  std::string name_space;
  std::string revision;        // "default" for the unrevisioned one
  bool revision_known = true;  // false where it hangs on a variable, or on values not in the input
  ControlPlaneSource source = ControlPlaneSource::rendered;
  InstallMethod method = InstallMethod::objects;
  bool pilot_prefix = false;  // settings go below `pilot` (charts up to 1.23)
  std::string profile;        // as asked for, or empty
  Node profile_node;          // where it is asked for

  std::optional<Version> version;
  std::string version_from;   // how the version is known: "image tag", "--istio-version", "assumed"
  Traced<std::string> image;  // hub/pilot:tag as far as known; empty where unknown

  ObjectRef object;  // the Deployment, the IstioOperator, …; kind "Values" for a values file
  const Resource* deployment = nullptr;  // rendered and live only
  Node anchor;                           // metadata.name, or the values' first key
  Node pod_labels;                       // rendered only

  Resources resources;
  Traced<std::optional<std::int64_t>> fixed_replicas;  // of the Deployment, or replicaCount
  std::optional<Autoscaler> autoscaler;
  // False where the input cannot tell: a chart value is unknown, or the object lies elsewhere.
  bool autoscaler_known = true;
  std::vector<DisruptionBudget> budgets;  // all that select its pods
  bool budgets_known = true;
  std::string budget_trap;  // why a chart of this version renders no PDB though asked to; or empty
  bool budget_unseen = false;  // the chart renders none, for it sees one replica, asked to or not
  Node budget_off;             // where the user's values turn the chart's PDB off
  std::optional<VerticalAutoscaler> vertical;
  Spread spread;
  bool spread_known = true;
  std::vector<EnvVar> env;
  AskedReplicas asked;
  Node k8s;  // what an IstioOperator lays over what the chart makes: components.pilot.k8s
  bool declared_replicas = false;  // rendered: spec.replicas is written by the user's manifest

  // Where a finding about a value goes: on the value, else on the control plane's own anchor.
  Node place(const Provenance& from) const { return from.node ? from.node : anchor; }

  // The fewest replicas that run at rest: HPA minimum, else fixed replicas, else 1.
  Traced<std::int64_t> min_replicas() const;
  // Scaled to nothing by hand, as a revision on its way out is: it has no availability to lose. An
  // HPA leaves such a Deployment alone (k8s: pkg/controller/podautoscaler/horizontal.go).
  bool retired() const {
    const bool elastic = autoscaler && autoscaler->object.kind == "ScaledObject";
    return fixed_replicas.value == 0 && !elastic;
  }
  ObjectRef ref() const { return object; }
  // What findings about it are about: "control-plane/istio-system/default".
  std::string subject() const;
  // By the input, not only by the newest chart there is.
  bool version_known() const { return version && version_from != "assumed"; }
};

// A sidecar injector's defaults (ConfigMap istio-sidecar-injector[-REV], or values).
struct Injector {
  std::string name;
  std::string name_space;
  std::string revision;
  Resources resources;
  Node anchor;
  InjectorPolicy policy = {};
  Traced<std::optional<std::string>> log_level = {};  // of its proxies; and by component:
  Traced<std::optional<std::string>> component_log_level = {};
  SidecarSettings sidecar = {};
  Traced<std::optional<std::string>> agent_log_level = {};  // global.logging.level
  Resources waypoint = {};  // what it gives to waypoints; from charts of 1.24 on
};

struct MeshConfig {
  std::string name;
  std::string name_space;
  std::string revision;
  Traced<std::optional<std::string>> access_log_file;
  Traced<std::optional<std::string>> root_namespace;
  Traced<std::optional<std::string>> trust_domain;
  std::vector<std::string> access_log_providers;
  // Names of extensionProviders that a profile adds, which `root` therefore does not show.
  std::vector<std::string> profile_providers;
  Node root;    // of the mesh configuration itself
  Node shared;  // of the one beneath it, which SHARED_MESH_CONFIG names
  // enableEnvoyAccessLogService
  Traced<std::optional<bool>> access_log_service = {};
  std::vector<DefaultLogProvider> default_log_providers = {};  // access_log_providers, with places
  std::vector<LogProvider> log_providers = {};  // all extensionProviders, and those built in

  // What it says of the field, else the shared one: the upper replaces the lower (istio:
  // pkg/config/mesh/mesh.go, ApplyMeshConfig).
  Node field(std::string_view key) const;
  // Of what is made of parts the parts are laid over each other: the upper replaces a provider of
  // the same name only, and aliases add up.
  std::vector<Node> extension_providers() const;
  std::vector<Node> trust_domain_aliases() const;
  // Of `defaultProviders`, for "accessLogging", "tracing" or "metrics".
  Node default_providers(std::string_view signal) const;
};

// An ingress, egress or Gateway API gateway's Deployment or DaemonSet.
struct Gateway {
  std::string kind;
  std::string name_space;
  std::string name;
  std::string gateway_class;  // "ingress", "egress", "eastwest", "waypoint", a Gateway API class …
  std::string revision;
  std::string app;  // its pods' label, which the charts' selectors ask for
  const Resource* workload = nullptr;
  Node anchor;
  Resources resources;
  Traced<std::optional<std::int64_t>> fixed_replicas;
  std::optional<Autoscaler> autoscaler;
  bool autoscaler_known = true;  // as of a ControlPlane
  std::vector<DisruptionBudget> budgets;
  bool budgets_known = true;
  Node budget_off;  // as of a ControlPlane
  Spread spread;
  bool spread_known = true;
  AskedReplicas asked;
  Node k8s;                                       // of an IstioOperator's component
  InstallMethod method = InstallMethod::objects;  // other than that where `workload` is null
  bool exposed = false;  // a LoadBalancer or NodePort Service selects its pods
  const Resource* service = nullptr;

  bool is_waypoint() const { return gateway_class == "waypoint"; }
  Traced<std::int64_t> min_replicas() const;
};

// A Gateway API Gateway for which istiod itself deploys the proxy, where that Deployment is not in
// the input (istio: pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
struct RequestedGateway {
  const Resource* object = nullptr;
  std::string gateway_class;  // "istio", "waypoint", …
  std::string revision;
  Resources resources;  // by its class's template; unknown for classes that are not Istio's

  bool is_waypoint() const { return gateway_class == "waypoint"; }
};

// What runs on every node: ztunnel, and the CNI agent that redirects traffic.
struct NodeAgent {
  enum class Kind : std::uint8_t { ztunnel, cni };
  Kind kind = Kind::ztunnel;
  std::string name_space;
  std::string name;
  std::optional<Version> version;
  ControlPlaneSource source = ControlPlaneSource::rendered;
  const Resource* workload = nullptr;  // its DaemonSet; null where one is only asked for
  Node anchor;
  Resources resources;
  PodCount pods;
};
std::string_view to_string(NodeAgent::Kind kind);

struct RevisionTag {
  std::string name;
  std::string revision;
  std::vector<std::string> namespaces;
  Node anchor;
};

// An HPA, ScaledObject or PDB made for istiod, by its name, its labels or what it targets; kept so
// that rules can tell one that reaches nothing, or two revisions at once.
struct IstiodPartner {
  const Resource* object = nullptr;
  Node target;  // the name in scaleTargetRef, or the selector; may be missing
  std::vector<std::string> revisions;  // of the control planes in its namespace that it reaches
};

struct Mesh {
  std::string folder;  // where a run holds several meshes; else empty
  const ResourceIndex* resources = nullptr;
  const Settings* settings = nullptr;      // never null once built, nor the next
  const Observations* observed = nullptr;  // the run's; a rule judges what is of this mesh
  bool hides_revisions = false;  // a template in the input, not rendered, makes webhooks or tags
  bool complete = false;         // `--complete`: what is not here does not exist

  std::vector<ControlPlane> control_planes;
  std::vector<Injector> injectors;
  std::vector<MeshConfig> mesh_configs;
  std::vector<Gateway> gateways;
  std::vector<RevisionTag> tags;
  // Where a control plane runs in the namespace. An autoscaler of some other Deployment is no
  // partner.
  std::vector<IstiodPartner> istiod_autoscalers;
  std::vector<IstiodPartner> istiod_budgets;
  std::vector<InjectorWebhooks> injector_webhooks;
  std::vector<Namespace> namespaces;  // those whose objects are in the input
  std::vector<Workload> workloads;
  std::vector<Node> rule_files;  // of Prometheus; roots of documents that are no objects
  std::vector<Telemetry> telemetries;
  RootNamespace root_namespace;
  PolicyTargets policy_targets;
  std::vector<AuthorizationPolicy> authorization_policies;
  std::vector<RequestAuthentication> request_authentications;
  // Neither is null once built. They point into `workloads`, so a mesh may be moved but not copied.
  std::shared_ptr<const WorkloadIndex> workload_index;
  std::shared_ptr<const Mtls> mtls;
  std::vector<RequestedGateway> requested_gateways;
  std::vector<NodeAgent> node_agents;

  const ControlPlane* find_control_plane(std::string_view revision) const;
  // The istiod that reads it.
  const ControlPlane* find_reader(const MeshConfig& config) const;
  // What it reads.
  const MeshConfig* find_config(const ControlPlane& plane) const;
  const RevisionTag* find_tag(std::string_view name) const;
  // Of several definitions the first.
  const Namespace* find_namespace(std::string_view name) const;
  // Overlays and patches may define a namespace again.
  std::span<const Namespace> definitions_of_namespace(std::string_view name) const;
  // The workload of a gateway, waypoints too.
  bool is_gateway(const Workload& workload) const;
  // The istiod whose Service that is; as charts name them, or as a Service in the input selects.
  const ControlPlane* find_istiod_behind(std::string_view service,
                                         std::string_view name_space) const;
  // The istiod whose /metrics that is: the only one that runs, or the only one of that version.
  const ControlPlane* find_answering(const MetricsFile& metrics) const;
  // A revision or tag of that name is in the input, as istiod or as injector webhook.
  bool has_revision(std::string_view name) const;
  // Which revisions exist is known: an istiod or an injector webhook is in the input, the revision
  // of none hangs on a variable, and none may come from a template.
  bool revisions_known() const;

  // Whether the input is known to hold every object of the kind in the namespace, so that one which
  // is not here does not exist. Partners of istiod and of gateways (HPA, PDB, VPA, ScaledObject)
  // are known where the Deployment is; injection webhooks where any, or any istiod, is; workloads
  // where the Namespace and one of its workloads are. A live cluster's answer settles it.
  bool covers(std::string_view kind, std::string_view name_space) const;
  // The same of all namespaces: `--complete` was given, or a live list held the whole kind.
  bool covers_all(std::string_view kind) const;
};

}  // namespace meshcheck
