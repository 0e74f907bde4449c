#include "meshcheck/mesh.h"

#include <algorithm>
#include <array>

namespace meshcheck {
namespace {

Traced<std::int64_t> fewest_replicas(const std::optional<Autoscaler>& autoscaler,
                                     const Traced<std::optional<std::int64_t>>& fixed) {
  if (autoscaler) return autoscaler->min;
  if (fixed.value) return {*fixed.value, fixed.from};
  if (!fixed.known()) return {1, fixed.from};
  return {1, {Provenance::Kind::api_default, fixed.from.node, "the API server's default"}};
}

bool is_partner_kind(std::string_view kind) {
  constexpr std::array<std::string_view, 4> kPartners = {
      "HorizontalPodAutoscaler", "PodDisruptionBudget", "ScaledObject", "VerticalPodAutoscaler"};
  return std::ranges::find(kPartners, kind) != kPartners.end();
}

// What a cluster was asked for. Who wants to know of one kind of workload means all of them.
std::vector<const ListedKind*> lists_of(const Observations& observed, std::string_view kind) {
  std::vector<const ListedKind*> lists;
  for (const ListedKind& list : observed.listed) {
    if (list.kind == kind || (is_workload_kind(kind) && is_workload_kind(list.kind))) {
      lists.push_back(&list);
    }
  }
  return lists;
}

}  // namespace

std::string_view to_string(ControlPlaneSource source) {
  switch (source) {
    case ControlPlaneSource::rendered: return "rendered";
    case ControlPlaneSource::live: return "live";
    case ControlPlaneSource::helm_values: return "helm-values";
    case ControlPlaneSource::istiooperator: return "istiooperator";
    case ControlPlaneSource::sail: return "sail";
    case ControlPlaneSource::values_configmap: return "values-configmap";
  }
  return "";
}

std::string_view to_string(NodeAgent::Kind kind) {
  return kind == NodeAgent::Kind::ztunnel ? "ztunnel" : "istio-cni";
}

Traced<std::int64_t> ControlPlane::min_replicas() const {
  return fewest_replicas(autoscaler, fixed_replicas);
}

Traced<std::int64_t> Gateway::min_replicas() const {
  return fewest_replicas(autoscaler, fixed_replicas);
}

const ControlPlane* Mesh::find_control_plane(std::string_view revision) const {
  const auto found = std::ranges::find_if(
      control_planes, [&](const ControlPlane& plane) { return plane.revision == revision; });
  return found == control_planes.end() ? nullptr : &*found;
}

const ControlPlane* Mesh::find_reader(const MeshConfig& config) const {
  const auto found = std::ranges::find_if(control_planes, [&](const ControlPlane& plane) {
    return plane.revision == config.revision && plane.name_space == config.name_space;
  });
  return found == control_planes.end() ? nullptr : &*found;
}

const MeshConfig* Mesh::find_config(const ControlPlane& plane) const {
  const auto found = std::ranges::find_if(mesh_configs, [&](const MeshConfig& config) {
    return config.revision == plane.revision && config.name_space == plane.name_space;
  });
  return found == mesh_configs.end() ? nullptr : &*found;
}

bool Mesh::is_gateway(const Workload& workload) const {
  return std::ranges::find(gateways, workload.object, &Gateway::workload) != gateways.end();
}

const ControlPlane* Mesh::find_answering(const MetricsFile& metrics) const {
  std::vector<const ControlPlane*> running;
  for (const ControlPlane& plane : control_planes) {
    if (!plane.retired()) running.push_back(&plane);
  }
  if (!metrics.revision.empty()) {
    std::erase_if(running, [&](const auto* plane) { return plane->revision != metrics.revision; });
    return running.size() == 1 ? running.front() : nullptr;
  }
  if (running.size() == 1) return running.front();
  const auto version = Version::parse(metrics.istio_version());
  std::erase_if(running, [&](const ControlPlane* plane) {
    return !version || !plane->version || plane->version->major != version->major ||
           plane->version->minor != version->minor || plane->version->patch != version->patch;
  });
  return running.size() == 1 ? running.front() : nullptr;
}

const RevisionTag* Mesh::find_tag(std::string_view name) const {
  const auto found = std::ranges::find(tags, name, &RevisionTag::name);
  return found == tags.end() ? nullptr : &*found;
}

std::span<const Namespace> Mesh::definitions_of_namespace(std::string_view name) const {
  const auto found = std::ranges::equal_range(namespaces, name, {}, &Namespace::name);
  return {found.begin(), found.end()};
}

const Namespace* Mesh::find_namespace(std::string_view name) const {
  const auto all = definitions_of_namespace(name);
  return all.empty() ? nullptr : &all.front();
}

const ControlPlane* Mesh::find_istiod_behind(std::string_view service,
                                             std::string_view name_space) const {
  const Resource* object = resources->find("Service", name_space, service);
  const Node selector = object == nullptr ? Node{} : object->spec()["selector"];
  for (const ControlPlane& plane : control_planes) {
    if (plane.name_space != name_space) continue;
    if (plane.name == service) return &plane;
    if (selector.size() != 0 && matches_labels(selector, plane.pod_labels)) return &plane;
  }
  return nullptr;
}

bool Mesh::has_revision(std::string_view name) const {
  return find_control_plane(name) != nullptr || find_tag(name) != nullptr ||
         std::ranges::any_of(injector_webhooks, [&](const InjectorWebhooks& webhooks) {
           return !webhooks.assumed && (webhooks.revision == name || webhooks.tag == name);
         });
}

bool Mesh::revisions_known() const {
  if (hides_revisions) return false;
  const bool any_shown =
      !control_planes.empty() || complete ||
      std::ranges::any_of(injector_webhooks,
                          [](const InjectorWebhooks& webhooks) { return !webhooks.assumed; });
  return any_shown && std::ranges::all_of(control_planes, &ControlPlane::revision_known);
}

bool ListedKind::holds(std::string_view name_space) const {
  return everywhere || std::ranges::find(namespaces, name_space) != namespaces.end();
}

const ListedKind* Observations::find_listed(std::string_view kind) const {
  const auto found = std::ranges::find(listed, kind, &ListedKind::kind);
  return found == listed.end() ? nullptr : &*found;
}

const Unanswered* Observations::find_unanswered(std::string_view path) const {
  const auto found = std::ranges::find(unanswered, path, &Unanswered::path);
  return found == unanswered.end() ? nullptr : &*found;
}

std::string Observations::why_unanswered(std::string_view path, std::string_view not_asked) const {
  const Unanswered* silent = find_unanswered(path);
  return silent == nullptr ? std::string(not_asked) : silent->reason;
}

bool Mesh::covers_all(std::string_view kind) const {
  if (complete) return true;
  const auto lists = lists_of(*observed, kind);
  return !lists.empty() && std::ranges::all_of(lists, &ListedKind::everywhere);
}

bool Mesh::covers(std::string_view kind, std::string_view name_space) const {
  if (complete) return true;
  if (const auto lists = lists_of(*observed, kind); !lists.empty()) {
    return std::ranges::all_of(lists,
                               [&](const ListedKind* list) { return list->holds(name_space); });
  }
  if (is_partner_kind(kind)) {
    const auto lies_here = [&](const auto& owner) { return owner.name_space == name_space; };
    return std::ranges::any_of(control_planes, lies_here) ||
           std::ranges::any_of(gateways, lies_here);
  }
  if (kind == "MutatingWebhookConfiguration") {
    return !control_planes.empty() || !resources->of_kind(kind).empty();
  }
  if (is_workload_kind(kind)) {
    if (resources->find("Namespace", "", name_space) == nullptr) return false;
    return std::ranges::any_of(resources->all(), [&](const Resource* resource) {
      return resource->name_space() == name_space && is_workload_kind(resource->kind());
    });
  }
  return false;
}

}  // namespace meshcheck
