// A namespace that is defined more than once: what its definitions agree on is known.
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

constexpr std::string_view kIstiod = R"(---
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: installed, namespace: istio-system}
spec: {tag: 1.30.3}
)";

constexpr std::string_view kWeb = R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "app:1"}]}
)";

std::string shop(std::string_view labels) {
  return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {" +
         std::string(labels) + "}}\n";
}

InjectionDecision decision(const std::string& namespaces) {
  const test::YamlMesh mesh(std::string(kIstiod) + namespaces + std::string(kWeb));
  REQUIRE(mesh->workloads.size() == 1);
  return mesh->workloads.front().decision;
}

constexpr std::string_view kInjects = "istio-injection: enabled";
constexpr std::string_view kAmbient = "istio.io/dataplane-mode: ambient";

}  // namespace

TEST_CASE("definitions of a namespace that disagree leave injection unknown, in whatever order") {
  CHECK_FALSE(decision(shop(kInjects) + shop(kAmbient)).known());
  CHECK_FALSE(decision(shop(kAmbient) + shop(kInjects)).known());
  CHECK_FALSE(decision(shop("team: a") + shop(kInjects)).known());
}

TEST_CASE("definitions of a namespace may differ in what does not matter") {
  const InjectionDecision both =
      decision(shop("istio-injection: enabled, team: a") + shop(kInjects));
  CHECK(both.known());
  CHECK(both.injected);
  CHECK_FALSE(decision(shop("team: a") + shop("team: b")).injected);
  CHECK(decision(shop("team: a") + shop("team: b")).known());
}
