// Builds the picture of one mesh from its resources; pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/mesh.h"
#include "meshcheck/quantity.h"
#include "meshcheck/resource.h"

namespace meshcheck {

// What the user said about the input beside the input itself.
struct BuildOptions {
  std::optional<Version> istio_version;  // --istio-version: wins where the input names none
  bool complete = false;                 // --complete
  bool hides_revisions = false;          // an unrendered template makes webhooks or tags
  // --values, in their order: taken for values whatever they hold, each laid over those before it.
  std::vector<std::string> values_files = {};
  // Outlives the mesh; null: nothing is said.
  const Settings* settings = nullptr;
  const Observations* observed = nullptr;
};

// `values` are the roots of documents that are no objects and yet tell how istiod is installed:
// those that is_values_document() recognises, or that the user named with --values.
Mesh build_mesh(const ResourceIndex& resources, std::span<const Node> values,
                const BuildOptions& options);

// True where a document without `kind` holds at least two keys of the istiod chart's own set, at
// its root or below an umbrella chart's dependency `istiod`; and for a kustomization that inflates
// Istio's charts and an IstioOperator without a name, which no index of objects takes.
bool is_values_document(Node root);

// The files that a kustomization names as values of Istio's charts, as it writes them.
std::vector<std::string_view> values_files_of(Node kustomization);

// The halves of build_mesh(), each in a file of its own.
//
// From objects as the API server would hold them: Deployments and their HPA, PDB and Service,
// ConfigMaps, webhooks.
void read_rendered(const ResourceIndex& resources, const BuildOptions& options, Mesh& mesh);
// From what asks for objects: Helm values, the `values` ConfigMap, IstioOperator, Sail,
// HelmRelease, Application, kustomize helmCharts. Runs second: a control plane that is rendered in
// the input is not described again by its `values` ConfigMap, which only tells how it was
// installed.
void read_declared(const ResourceIndex& resources, std::span<const Node> values,
                   const BuildOptions& options, Mesh& mesh);

}  // namespace meshcheck
