// Splits a run's documents into meshes.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/build.h"
#include "meshcheck/document.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

namespace meshcheck {

struct PartitionOptions {
  BuildOptions build;
  std::string default_namespace;  // --default-namespace, or empty
};

// What the reader calls the text that helm or kustomize made of a folder, within that folder.
inline constexpr std::string_view kHelmTemplate = "<helm template>";
inline constexpr std::string_view kKustomizeBuild = "<kustomize build>";

// The meshes of one run with what they point to. Never moved once built.
struct Meshes {
  std::deque<ResourceIndex> indexes;
  std::vector<Mesh> meshes;
  std::size_t resources = 0;  // Kubernetes objects and values files in all of them
};

// Adds the mesh of those documents alone, whatever they hold.
void add_mesh(std::string folder, std::span<const Document* const> documents,
              const PartitionOptions& options, Meshes& out);

// One run is one mesh, unless the input holds several istiods of one name and namespace, or a
// kustomize tree: then each folder with an istiod or a kustomization of its own is a mesh of its
// own, and a folder whose files hold several istiods of one name is split by file.
Meshes partition(std::span<const Document* const> documents, const PartitionOptions& options);

}  // namespace meshcheck
