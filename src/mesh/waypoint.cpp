#include "meshcheck/waypoint.h"

#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

// Labels of an object, else of its namespace: "" where neither is there, nullopt where the
// namespace is not in the input.
std::optional<std::string_view> label_with_fallback(const Mesh& mesh, const Resource& object,
                                                    std::string_view key) {
  if (const Node own = object.labels()[key]) return own.text();
  const Namespace* name_space = mesh.find_namespace(object.name_space());
  if (name_space == nullptr) return std::nullopt;
  return name_space->object->label(key);
}

}  // namespace

std::optional<WaypointName> asked_waypoint(const Mesh& mesh, const Resource& object) {
  const auto name = label_with_fallback(mesh, object, kUseWaypoint);
  if (!name || name->empty() || *name == "none") return std::nullopt;
  const auto elsewhere = label_with_fallback(mesh, object, kUseWaypointNamespace);
  const bool here = !elsewhere || elsewhere->empty();
  return WaypointName{here ? object.name_space() : *elsewhere, *name};
}

bool is_waypoint(const Resource& gateway) {
  return gateway.spec()["gatewayClassName"].text() == kWaypointClass;
}

}  // namespace meshcheck
