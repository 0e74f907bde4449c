#include "meshcheck/skew.h"

#include <array>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "meshcheck/mesh.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }

std::string pod(std::string_view name, std::string_view tag) {
  return fmt::format(
      "---\n"
      "apiVersion: v1\nkind: Pod\n"
      "metadata: {{name: {}, namespace: shop, labels: {{istio.io/rev: default}}}}\n"
      "spec: {{containers: [{{name: app, image: \"app:1\"}}, "
      "{{name: istio-proxy, image: \"docker.io/istio/proxyv2:{}\"}}]}}\n",
      name, tag);
}

constexpr std::string_view kIstiod = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.30.1"}]}
)";

}  // namespace

TEST_CASE("istiod serves its own minor version and the one before", "[skew]") {
  CHECK(is_supported_skew(version("1.30.0"), version("1.30.4")));
  CHECK(is_supported_skew(version("1.29.9"), version("1.30.0")));
  CHECK_FALSE(is_supported_skew(version("1.28.0"), version("1.30.0")));
  CHECK_FALSE(is_supported_skew(version("1.31.0"), version("1.30.0")));
  const std::array<Version, 2> both = {version("1.28.0"), version("1.30.0")};
  CHECK(is_supported_skew(version("1.27.0"), both));
  CHECK_FALSE(is_supported_skew(version("1.31.0"), both));
}

TEST_CASE("Pods that istiod does not serve are one group a minor version", "[skew]") {
  const YamlMesh mesh(std::string(kIstiod) + pod("a", "1.28.0") + pod("b", "1.28.3") +
                      pod("c", "1.27.1") + pod("d", "1.30.1"));
  const Skew skew = skew_of_pods(*mesh);
  CHECK(skew.any_fit);
  CHECK_FALSE(skew.any_unknown);
  REQUIRE(skew.skewed.size() == 2);
  CHECK(skew.skewed[0].pod->name() == "c");
  CHECK(skew.skewed[0].count == 1);
  CHECK(skew.skewed[1].pod->name() == "a");
  CHECK(skew.skewed[1].count == 2);
  CHECK(skew.skewed[1].istiod.text() == "1.30.1");
  CHECK(shows_proxies(*mesh));
}

TEST_CASE("without istiod the skew of Pods is unknown", "[skew]") {
  const YamlMesh mesh(pod("a", "1.28.0"));
  const Skew skew = skew_of_pods(*mesh);
  CHECK(skew.skewed.empty());
  CHECK(skew.any_unknown);
  CHECK_FALSE(skew.any_fit);
}
