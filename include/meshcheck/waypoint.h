// Waypoints: how objects ask for one, and what is one.
#pragma once

#include <optional>
#include <string_view>

#include "meshcheck/resource.h"

namespace meshcheck {

struct Mesh;

inline constexpr std::string_view kUseWaypoint = "istio.io/use-waypoint";  // "none" for none
inline constexpr std::string_view kUseWaypointNamespace = "istio.io/use-waypoint-namespace";
// The GatewayClass of all of them.
inline constexpr std::string_view kWaypointClass = "istio-waypoint";

// The waypoint that an object asks for with the label istio.io/use-waypoint, its own or its
// namespace's (istio: pilot/pkg/serviceregistry/ambient/waypoints.go).
struct WaypointName {
  std::string_view name_space;
  std::string_view name;
};
// Nullopt: it asks for none, or the input does not tell.
std::optional<WaypointName> asked_waypoint(const Mesh& mesh, const Resource& object);

// That Gateway of Gateway API asks for one.
bool is_waypoint(const Resource& gateway);

}  // namespace meshcheck
