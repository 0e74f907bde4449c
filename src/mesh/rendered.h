// Readers of objects as the API server would hold them, one for each word of the model; for
// src/mesh only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/build.h"
#include "mesh/workload.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

namespace meshcheck {

// Nullopt where the resource is no istiod.
std::optional<ScaledWorkload> as_istiod(const Resource& resource);
ControlPlane read_control_plane(const ResourceIndex& resources, const ScaledWorkload& istiod,
                                const BuildOptions& options);
InstallMethod install_method(const Resource& resource);

// Fills the mesh's lists of istiod's autoscalers and budgets; after its control planes.
void read_istiod_partners(const ResourceIndex& resources, Mesh& mesh);

void read_injectors(const ResourceIndex& resources, Mesh& mesh);
void read_mesh_configs(const ResourceIndex& resources, Mesh& mesh);
void read_tags(const ResourceIndex& resources, Mesh& mesh);
// The namespaces whose labels ask for the tag, sorted.
std::vector<std::string> namespaces_on_tag(const ResourceIndex& resources, std::string_view tag);
void read_gateways(const ResourceIndex& resources, Mesh& mesh);  // after the tags
void read_node_agents(const ResourceIndex& resources, Mesh& mesh);

// Once all is read and declared: what istiod deploys for Gateways, by its injectors and tags; and
// how many pods the node agents are.
void read_requested_gateways(Mesh& mesh);
void count_node_agents(Mesh& mesh);

// The revision in an object's name, "istiod-1-30-3"; "default" where it has none, nullopt where the
// object is another one.
std::optional<std::string> revision_in_name(std::string_view name, std::string_view base);

}  // namespace meshcheck
