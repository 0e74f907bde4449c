#include "meshcheck/container.h"

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;

TEST_CASE("a container is found by its name, native sidecars too", "[container]") {
  const test::YamlText text(R"(
containers: [{name: app, image: "app:1"}]
initContainers: [{name: istio-init, image: "init:1"}, {name: istio-proxy, image: "proxy:1"}]
)");
  CHECK(find_container(text.root(), "app")["image"].text() == "app:1");
  CHECK(find_container(text.root(), kProxyContainer)["image"].text() == "proxy:1");
  CHECK_FALSE(find_container(text.root(), kIstiodContainer));
  CHECK_FALSE(find_container({}, "app"));
}
