// Where what an installation asks for is said, and where a remedy for it takes effect.
#include <string>

#include <catch2/catch.hpp>

#include "mesh/build.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;
using test::YamlText;

namespace {

std::string helm_release(const std::string& version, const std::string& values) {
  return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
         "metadata: {name: istiod, namespace: istio-system}\nspec:\n"
         "  chart: {spec: {chart: istiod, version: \"" +
         version + "\"}}\n  values: " + values + "\n";
}

std::string application(const std::string& helm) {
  return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: istiod}\nspec:\n"
         "  source:\n    chart: istiod\n    targetRevision: 1.30.1\n    helm: " +
         helm + "\n";
}

constexpr const char* kTwoGateways =
    "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec:\n"
    "  profile: empty\n  components:\n    ingressGateways:\n      - {name: shop, enabled: true}\n"
    "    egressGateways:\n      - {name: istio-egressgateway, enabled: true}\n"
    "  values:\n    gateways:\n      istio-ingressgateway: {type: NodePort}\n";

}  // namespace

TEST_CASE("A default of a version that nothing tells says that the version is assumed") {
  const YamlMesh assumed(helm_release("${version}", "{}"));
  CHECK(assumed->control_planes.at(0).min_replicas().from.text.ends_with(", version assumed"));
  const YamlMesh told(helm_release("1.30.1", "{}"));
  CHECK(told->control_planes.at(0).min_replicas().from.text == "chart 1.30 default");
}

TEST_CASE("Settings go below `pilot` where nothing shows that the top is read") {
  const auto below = [](const std::string& version, const std::string& values) {
    return YamlMesh(helm_release(version, values))->control_planes.at(0).pilot_prefix;
  };
  CHECK(below("${version}", "{global: {hub: h}}"));
  CHECK_FALSE(below("${version}", "{autoscaleMin: 1}"));
  CHECK(below("${version}", "{autoscaleMin: 1, pilot: {autoscaleMax: 3}}"));
  CHECK_FALSE(below("1.30.1", "{global: {hub: h}}"));
}

TEST_CASE("An Application whose values are a text takes no valuesObject") {
  const auto method = [](const std::string& helm) {
    return YamlMesh(application(helm))->control_planes.at(0).method;
  };
  CHECK(method("{values: \"autoscaleMin: 1\"}") == InstallMethod::helm);
  CHECK(method("{valuesObject: {autoscaleMin: 1}}") == InstallMethod::argo);
  CHECK(method("{releaseName: istiod}") == InstallMethod::argo);
}

TEST_CASE("A default of one gateway is not placed on the values of another") {
  const YamlMesh mesh(kTwoGateways);
  REQUIRE(mesh->gateways.size() == 2);
  CHECK(mesh->gateways[0].min_replicas().from.node.line() == 13);
  CHECK(mesh->gateways[1].min_replicas().from.node.line() == 10);
}

TEST_CASE("Values of charts with Mixer or Galley are none of istiod's") {
  CHECK_FALSE(is_values_document(YamlText("pilot: {}\nmeshConfig: {}\nmixer: {}\n").root()));
  CHECK_FALSE(is_values_document(YamlText("pilot: {}\nmeshConfig: {}\ngalley: {}\n").root()));
  CHECK(is_values_document(YamlText("pilot: {}\nmeshConfig: {}\n").root()));
}
