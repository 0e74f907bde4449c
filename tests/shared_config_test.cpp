// What a shared mesh configuration that is not shown may define is not missing.
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/run_in.h"

using meshcheck::test::run_in;
using meshcheck::test::TemporaryFolder;

namespace {

// With this variable of istiod's, or none.
std::string mesh(const std::string& env) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
         "data: {mesh: \"trustDomain: cluster.local\"}\n"
         "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
         "istio-system}\nspec:\n  selector: {matchLabels: {istio: pilot}}\n  template:\n"
         "    metadata: {labels: {app: istiod, istio: pilot}}\n    spec:\n      containers:\n"
         "      - {name: discovery, image: \"pilot:1.30.3\", env: [" +
         env +
         "]}\n"
         "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: c, "
         "namespace: shop}\nspec: {action: CUSTOM, provider: {name: opa}, rules: [{}]}\n"
         "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: t, namespace: "
         "shop}\nspec: {accessLogging: [{providers: [{name: mylog}]}]}\n";
}

std::size_t findings(const std::string& text) {
  const TemporaryFolder folder;
  folder.write("in.yaml", text);
  const auto ran = run_in(folder, {"audit", "in.yaml", "--select", "MC503,MC613", "-o", "json"});
  return nlohmann::json::parse(ran.out).at("findings").size();
}

}  // namespace

TEST_CASE("providers are missing only where all of the mesh configuration is shown") {
  CHECK(findings(mesh("")) == 2);
  CHECK(findings(mesh("{name: SHARED_MESH_CONFIG, value: base-mesh}")) == 0);
}
