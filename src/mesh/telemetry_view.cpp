// Which Telemetry objects one revision's istiod reads, and which of them a proxy is given.
#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "mesh/read_policies.h"
#include "meshcheck/access_log.h"
#include "meshcheck/mesh.h"
#include "meshcheck/waypoint.h"

namespace meshcheck {
namespace {

// istio: pkg/config/mesh/mesh.go, DefaultMeshConfig
constexpr std::string_view kDefaultRoot = "istio-system";

bool has_default_owner(const Mesh& mesh) {
  return mesh.find_tag("default") != nullptr ||
         std::ranges::any_of(mesh.mesh_configs,
                             [](const MeshConfig& config) { return config.revision == "default"; });
}

// istio: pkg/revisions/tag_watcher.go, IsMine: by the object's label, else its namespace's.
bool is_read_by(const Mesh& mesh, const MeshConfig& config, const Resource& object) {
  constexpr std::string_view kRevision = "istio.io/rev";
  std::string_view wanted = object.label(kRevision);
  if (wanted.empty()) {
    const Namespace* name_space = mesh.find_namespace(object.name_space());
    if (name_space != nullptr) wanted = name_space->object->label(kRevision);
  }
  const auto points_here = [&](std::string_view name) {
    const RevisionTag* tag = mesh.find_tag(name);
    return tag != nullptr && tag->revision == config.revision;
  };
  if (!wanted.empty()) return wanted == config.revision || points_here(wanted);
  if (!has_default_owner(mesh)) return true;
  return config.revision == "default" || points_here("default");
}

bool same_object(const Telemetry* a, const Telemetry* b) {
  return a->name() == b->name() && a->name_space() == b->name_space();
}

bool older(const Telemetry* a, const Telemetry* b) {
  return !a->created().empty() && !b->created().empty() && a->created() < b->created();
}

// istio: pilot/pkg/model/policyattachment.go; a Gateway's pods bear its name as a label.
bool selects(const Telemetry& telemetry, const Workload& workload) {
  const Node spec = telemetry.object->spec();
  const Node labels = workload.pod_labels();
  const Node wanted = spec["selector"]["matchLabels"];
  if (wanted.size() != 0) return matches_labels(wanted, labels);
  const auto targets = [&](Node reference) {
    return reference["kind"].text() == "Gateway" && !reference["name"].text().empty() &&
           labels["gateway.networking.k8s.io/gateway-name"].text() == reference["name"].text();
  };
  return targets(spec["targetRef"]) ||
         std::ranges::any_of(spec["targetRefs"].items(), [&](Node r) { return targets(r); });
}

// istio: pilot/pkg/model/config.go, sortConfigByCreationTime: by name where they are of one second.
bool is_given_before(const Telemetry* a, const Telemetry* b) {
  return std::pair(a->created(), a->name()) < std::pair(b->created(), b->name());
}

// Each pod that `telemetry` selects is given `other` as well: this one asks for no label that it
// does not.
bool is_for_all_of(const Telemetry& other, const Telemetry& telemetry) {
  const Node spec = telemetry.object->spec();
  const Node other_spec = other.object->spec();
  const Node wanted = other_spec["selector"]["matchLabels"];
  return wanted.size() != 0 && matches_labels(wanted, spec["selector"]["matchLabels"]);
}

// A proxy is given all that select it, the oldest first; undated ones may come before or after.
std::vector<const Telemetry*> siblings(const Telemetry& one,
                                       std::span<const Telemetry* const> scoped) {
  std::vector<const Telemetry*> found = {&one};
  if (one.created().empty()) return found;
  for (const Telemetry* other : scoped) {
    const bool counts = other != &one && !same_object(other, &one) && !other->created().empty();
    if (counts && is_for_all_of(*other, one)) found.push_back(other);
  }
  std::ranges::sort(found, is_given_before);
  return found;
}

bool has_refs(const Telemetry& telemetry) {
  const Node spec = telemetry.object->spec();
  return spec["targetRefs"].size() != 0 || spec["targetRef"].size() != 0;
}

bool is_waypoint(const Workload& workload) {
  return workload.pod_labels()["gateway.networking.k8s.io/gateway-class-name"].text() ==
         kWaypointClass;
}

bool is_for(const TargetList& targets, const Workload& workload) {
  return std::ranges::any_of(
      *targets, [&](const PolicyTarget* target) { return target->workload == &workload; });
}

// Of the Services that the waypoint serves.
std::set<std::string_view> namespaces_served(const Mesh& mesh, const Workload& waypoint) {
  std::set<std::string_view> served;
  for (const char* kind : {"Service", "ServiceEntry"}) {
    for (const Resource* service : mesh.resources->of_kind(kind)) {
      if (is_for(waypoint_of(mesh, *service), waypoint)) served.insert(service->name_space());
    }
  }
  return served;
}

}  // namespace

bool is_certain(std::span<const Telemetry* const> wide) {
  return wide.size() < 2 || older(wide[0], wide[1]);
}

TelemetryView::TelemetryView(const Mesh& mesh, const MeshConfig* config)
    : mesh_(&mesh), config_(config), root_namespace_(kDefaultRoot) {
  if (config != nullptr && config->root_namespace.value && !config->root_namespace.value->empty()) {
    root_namespace_ = *config->root_namespace.value;
  }
  for (const Telemetry& telemetry : mesh.telemetries) {
    if (config != nullptr && !is_read_by(mesh, *config, *telemetry.object)) continue;
    groups_.push_back({.name_space = telemetry.name_space(), .wide = {}, .scoped = {}});
    auto& list = telemetry.scoped ? groups_.back().scoped : groups_.back().wide;
    list.push_back(&telemetry);
  }
  std::ranges::stable_sort(groups_, {}, &Group::name_space);
  std::vector<Group> joined;
  for (Group& group : groups_) {
    if (joined.empty() || joined.back().name_space != group.name_space) {
      joined.push_back({.name_space = group.name_space, .wide = {}, .scoped = {}});
    }
    Group& into = joined.back();
    into.scoped.insert(into.scoped.end(), group.scoped.begin(), group.scoped.end());
    for (const Telemetry* telemetry : group.wide) {
      // A base and its overlay describe one object.
      const bool known = std::ranges::any_of(
          into.wide, [&](const Telemetry* other) { return same_object(other, telemetry); });
      if (!known) into.wide.push_back(telemetry);
    }
  }
  groups_ = std::move(joined);
  for (Group& group : groups_) std::ranges::stable_sort(group.wide, older);
}

const TelemetryView::Group* TelemetryView::find(std::string_view name_space) const {
  const auto found = std::ranges::lower_bound(groups_, name_space, {}, &Group::name_space);
  return found == groups_.end() || found->name_space != name_space ? nullptr : &*found;
}

std::span<const Telemetry* const> TelemetryView::wide(std::string_view name_space) const {
  const Group* group = find(name_space);
  return group == nullptr ? std::span<const Telemetry* const>{} : group->wide;
}

std::span<const Telemetry* const> TelemetryView::scoped(std::string_view name_space) const {
  const Group* group = find(name_space);
  return group == nullptr ? std::span<const Telemetry* const>{} : group->scoped;
}

std::vector<const Telemetry*> TelemetryView::in_force() const {
  std::vector<const Telemetry*> all;
  for (const Group& group : groups_) {
    if (!group.wide.empty()) all.push_back(group.wide.front());
    all.insert(all.end(), group.scoped.begin(), group.scoped.end());
  }
  return all;
}

std::vector<std::string_view> TelemetryView::namespaces() const {
  std::vector<std::string_view> names;
  for (const Group& group : groups_) names.push_back(group.name_space);
  return names;
}

std::vector<const Telemetry*> TelemetryView::levels(const Telemetry* last) const {
  std::vector<const Telemetry*> levels;
  const auto root = wide(root_namespace_);
  if (!root.empty()) levels.push_back(root.front());
  if (last == nullptr || (!last->scoped && last->name_space() == root_namespace_)) return levels;
  if (!last->scoped) {
    levels.push_back(last);
    return levels;
  }
  const auto add = [&](std::string_view name_space) {
    const auto group = wide(name_space);
    if (group.empty() || std::ranges::count(levels, group.front()) != 0) return;
    levels.push_back(group.front());
  };
  if (has_refs(*last)) {
    const bool in_root = last->name_space() == root_namespace_;
    const TargetList targets = select_by_refs(*mesh_, *last->object, in_root);
    for (const PolicyTarget* target : *targets) add(target->name_space);
  }
  add(last->name_space());
  const auto beside = siblings(*last, scoped(last->name_space()));
  levels.insert(levels.end(), beside.begin(), beside.end());
  return levels;
}

// istio: pilot/pkg/model/telemetry.go, applicableTelemetries: after the waypoint's own namespace
// those of the Services, then what names the waypoint, a Service of it or its class.
std::vector<const Telemetry*> TelemetryView::levels_of_waypoint(const Workload& waypoint) const {
  std::vector<const Telemetry*> found;
  for (const std::string_view name_space : namespaces_served(*mesh_, waypoint)) {
    const auto group = wide(name_space);
    if (group.empty() || name_space == waypoint.name_space || name_space == root_namespace_) {
      continue;
    }
    found.push_back(group.front());
  }
  for (const Group& group : groups_) {
    for (const Telemetry* telemetry : group.scoped) {
      const bool in_root = group.name_space == root_namespace_;
      if (!has_refs(*telemetry)) continue;
      if (is_for(select_by_refs(*mesh_, *telemetry->object, in_root), waypoint)) {
        found.push_back(telemetry);
      }
    }
  }
  return found;
}

std::vector<const Telemetry*> TelemetryView::levels(const Workload& workload) const {
  std::vector<const Telemetry*> found = levels(nullptr);
  const auto own = wide(workload.name_space);
  if (!own.empty() && workload.name_space != root_namespace_) found.push_back(own.front());
  if (is_waypoint(workload)) {
    const auto rest = levels_of_waypoint(workload);
    found.insert(found.end(), rest.begin(), rest.end());
    return found;
  }
  const auto first = static_cast<std::ptrdiff_t>(found.size());
  for (const Telemetry* telemetry : scoped(workload.name_space)) {
    if (selects(*telemetry, workload)) found.push_back(telemetry);
  }
  const std::span own_scoped(found.begin() + first, found.end());
  if (std::ranges::none_of(own_scoped,
                           [](const Telemetry* one) { return one->created().empty(); })) {
    std::ranges::stable_sort(own_scoped, is_given_before);
  }
  return found;
}

std::vector<TelemetryView> telemetry_views(const Mesh& mesh) {
  std::vector<TelemetryView> views;
  for (const MeshConfig& config : mesh.mesh_configs) views.emplace_back(mesh, &config);
  if (views.empty()) views.emplace_back(mesh, nullptr);
  return views;
}

}  // namespace meshcheck
