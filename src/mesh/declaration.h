// One installation as something in the input asks for it, and the readers that find them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mesh/build.h"
#include "mesh/effective_values.h"

namespace meshcheck {

struct ChartWorkload;
struct WorkloadSettings;

// Objects of a kind that something changes after the chart has rendered them.
struct PatchedKind {
  std::string kind;  // "*": of any kind
  Node at;
};

// An installation of the istiod chart, before the chart's rules have been applied to it.
struct Declaration {
  ControlPlaneSource source = ControlPlaneSource::helm_values;
  InstallMethod method = InstallMethod::helm;
  ObjectRef object;
  Node anchor;
  std::string chart = "istiod";
  HelmValue values;                      // the user's
  HelmValue rendered;                    // all values, where a chart has written them down
  std::string opaque;                    // why values below the user's are not known; or empty
  std::optional<Version> chart_version;  // as the object names it
  std::string chart_version_from;        // "chart version", "spec.version"
  std::string release_name;              // Helm's, where it is known
  std::string name_space;                // the release's; empty: global.istioNamespace
  bool revision_known = true;            // false where its name hangs on what is not in the input
  std::string profile;                   // named outside the values
  Node profile_node;

  std::vector<PatchedKind> patched;

  // Of an IstioOperator: what it installs beside and around the chart.
  Node components;
};

// Each adds what it finds. `values` are the roots of values files and kustomizations; those that a
// reader takes for part of another installation are added to `consumed`.
using Declarations = std::vector<Declaration>;
using Consumed = std::vector<Node>;
void find_istiooperators(const ResourceIndex& resources, std::span<const Node> values,
                         Declarations& found);
void find_sail(const ResourceIndex& resources, Declarations& found);
void find_helm_releases(const ResourceIndex& resources, Declarations& found);
void find_argo_applications(const ResourceIndex& resources, std::span<const Node> values,
                            Consumed& consumed, Declarations& found);
void find_kustomize_charts(std::span<const Node> values, Consumed& consumed, Declarations& found);
// `named` are the files of --values.
void find_values_files(std::span<const Node> values, const Consumed& consumed,
                       std::span<const std::string> named, Declarations& found);
void find_values_configmaps(const ResourceIndex& resources, Declarations& found);

// Sail's IstioRevisionTags.
void read_sail_tags(const ResourceIndex& resources, Mesh& mesh);

// Which of Istio's charts that we read is meant: "istiod" (also "…/istio-discovery"), "gateway",
// "cni" or "ztunnel"; empty for any other.
std::string_view istio_chart(std::string_view chart);
// The folder of Istio's own sources that holds a chart. Another folder of a repository holds a copy
// that may have been changed, or a chart that has Istio's for a dependency.
bool is_folder_of_istio(std::string_view path);
// For a chart in some other folder: what lies below the user's values is not known, and of an
// umbrella chart's values those of istiod are taken.
void take_for_own_chart(std::string_view path, Declaration& declaration);
// The values of the istiod chart in a values file: the root itself, or the part of an umbrella
// chart's file that belongs to it. Missing where there is none.
HelmValue istiod_values(Node root);
// The same part as a place in the file.
Node istiod_part(Node root);
// True where some key of a values file is none that charts of others have too.
bool has_keys_of_istio(Node root);
// The values file at `path` (relative to the file `beside`, or from a repository's root), if it is
// in the input.
Node find_values_file(std::span<const Node> values, std::string_view path, std::string_view beside);
// istioctl takes an IstioOperator without a name; no index of objects does.
bool is_nameless_istiooperator(Node root);
// True for a kustomization that inflates charts.
bool is_chart_kustomization(Node root);

// "v1.24.2", "~1.22", "1.22.x": the version, or the one minor version, that a range allows; nothing
// where it allows several.
std::optional<Version> version_of_range(std::string_view text);

// Makes unknown what patches of the rendered objects may have changed.
void obscure_patched(const Declaration& declaration, const ChartWorkload& workload,
                     WorkloadSettings& settings);
// Applies the chart's rules and adds what the installation makes to the mesh.
void add_installation(const Declaration& declaration, const ResourceIndex& resources,
                      const BuildOptions& options, Mesh& mesh);
// An IstioOperator's ingress and egress gateways; `istiod` holds the version of all its charts.
void add_operator_gateways(const Declaration& declaration, const EffectiveValues& istiod,
                           const std::string& revision, const ResourceIndex& resources, Mesh& mesh);
// The node agents that an IstioOperator's components or profile enable, and one release of the
// chart `cni` or `ztunnel`; one whose DaemonSet is in the input is there already.
void add_operator_agents(const Declaration& declaration, const EffectiveValues& istiod, Mesh& mesh);
void add_agent_release(const Declaration& declaration, const EffectiveValues& istiod, Mesh& mesh);
// Which components istioctl installs: the profile's, under what `components` says.
HelmValue installed_components(const Declaration& declaration, const Version& version);
// One release of the chart `gateway`.
void add_gateway_release(const Declaration& declaration, const EffectiveValues& istiod,
                         const ResourceIndex& resources, Mesh& mesh);

}  // namespace meshcheck
