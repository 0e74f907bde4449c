#include "meshcheck/waypoint.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "meshcheck/mesh.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

namespace {

// "namespace/name" of the waypoint that Service web of shop asks for.
std::string asked(std::string_view of_service, std::string_view of_namespace) {
  const YamlMesh mesh(fmt::format(R"(
apiVersion: v1
kind: Namespace
metadata: {{name: shop, labels: {{{}}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop, labels: {{{}}}}}
)",
                                  of_namespace, of_service));
  const auto found = asked_waypoint(*mesh, *mesh.resources().find("Service", "shop", "web"));
  return found ? fmt::format("{}/{}", found->name_space, found->name) : "";
}

}  // namespace

TEST_CASE("an object's own label goes before its namespace's", "[waypoint]") {
  CHECK(asked("istio.io/use-waypoint: own", "istio.io/use-waypoint: all") == "shop/own");
  CHECK(asked("", "istio.io/use-waypoint: all") == "shop/all");
  CHECK(asked("istio.io/use-waypoint: none", "istio.io/use-waypoint: all").empty());
  CHECK(asked("", "").empty());
  CHECK(asked("istio.io/use-waypoint: w, istio.io/use-waypoint-namespace: infra", "") == "infra/w");
}

TEST_CASE("a Gateway of the waypoints' class asks for one", "[waypoint]") {
  const YamlMesh mesh(R"(
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: way, namespace: shop}
spec: {gatewayClassName: istio-waypoint}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: front, namespace: shop}
spec: {gatewayClassName: istio}
)");
  CHECK(is_waypoint(*mesh.resources().find("Gateway", "shop", "way")));
  CHECK_FALSE(is_waypoint(*mesh.resources().find("Gateway", "shop", "front")));
}
