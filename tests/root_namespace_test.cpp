// Whose root namespace holds for whom, where control planes have several.
#include "mesh/root_namespace.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "meshcheck/mtls.h"
#include "support/run_in.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

std::string install(std::string_view name) {
  return fmt::format(R"(---
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {{name: {0}, namespace: {0}}}
spec: {{profile: minimal, revision: {0}, values: {{global: {{istioNamespace: {0}}}}}}}
---
apiVersion: v1
kind: Namespace
metadata: {{name: {0}}}
)",
                     name);
}

// A namespace of that revision with the workload `web`.
std::string shop(std::string_view name, std::string_view revision) {
  return fmt::format(R"(---
apiVersion: v1
kind: Namespace
metadata: {{name: {0}, labels: {{istio.io/rev: {1}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: {0}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "web:1"}}]}}
)",
                     name, revision);
}

std::string policy(std::string_view kind, std::string_view name_space, std::string_view spec) {
  return fmt::format(
      "---\napiVersion: security.istio.io/v1\nkind: {}\nmetadata: {{name: all, namespace: {}}}\n"
      "spec: {}\n",
      kind, name_space, spec);
}

const std::string kShops = shop("shop-a", "blue") + shop("shop-b", "green");
const std::string kPolicies = policy("PeerAuthentication", "blue", "{mtls: {mode: STRICT}}") +
                              policy("PeerAuthentication", "green", "{mtls: {mode: PERMISSIVE}}") +
                              policy("AuthorizationPolicy", "green", "{}");

std::string mode_in(const test::YamlMesh& mesh, std::string_view name_space) {
  const auto web = std::ranges::find(mesh->workloads, name_space, &Workload::name_space);
  const Traced<MtlsMode>& mode = mesh->mtls->of(*web).mode;
  return mode.known() ? std::string(to_string(mode.value)) : "unknown";
}

std::vector<std::string> selected(const test::YamlMesh& mesh) {
  std::vector<std::string> names;
  for (const PolicyTarget* target : *mesh->authorization_policies.at(0).attachment.selects) {
    names.push_back(target->id());
  }
  return names;
}

}  // namespace

TEST_CASE("a policy in one control plane's root is mesh-wide for that one's workloads alone") {
  for (const std::string& both :
       {install("blue") + install("green"), install("green") + install("blue")}) {
    const test::YamlMesh mesh(both + kShops + kPolicies);
    CHECK(mode_in(mesh, "shop-a") == "STRICT");
    CHECK(mode_in(mesh, "shop-b") == "PERMISSIVE");
    CHECK(selected(mesh) == std::vector<std::string>{"Deployment/shop-b/web"});
    CHECK_FALSE(mesh->mtls->mesh_wide.known());
  }
}

TEST_CASE("control planes that share a root namespace share its policies") {
  const std::string canary =
      "---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n"
      "metadata: {name: canary, namespace: blue}\n"
      "spec: {profile: minimal, revision: green, values: {global: {istioNamespace: blue}}}\n";
  const test::YamlMesh mesh(install("blue") + canary + kShops +
                            policy("PeerAuthentication", "blue", "{mtls: {mode: STRICT}}") +
                            policy("AuthorizationPolicy", "blue", "{}"));
  CHECK(mode_in(mesh, "shop-a") == "STRICT");
  CHECK(mode_in(mesh, "shop-b") == "STRICT");
  CHECK(selected(mesh).size() == 2);
}

TEST_CASE("whose policies hold for a workload of no known control plane is not known") {
  const test::YamlMesh mesh(install("blue") + install("green") + kPolicies +
                            shop("shop-c", "yellow"));
  const auto web = std::ranges::find(mesh->workloads, "shop-c", &Workload::name_space);
  CHECK(RootNamespaces(*mesh).of(*web).empty());
  CHECK(mode_in(mesh, "shop-c") == "unknown");
}

TEST_CASE("the order of control planes changes no finding about policies") {
  std::set<std::string> reports;
  for (const std::string& both :
       {install("blue") + install("green"), install("green") + install("blue")}) {
    const test::TemporaryFolder folder;
    folder.write("mesh.yaml", both + kShops + kPolicies);
    const auto ran = test::run_in(
        folder, {"audit", "--isolated", "--quiet", "--istio-version", "1.30.3", "--select",
                 "MC602,MC604,MC607,MC614,MC615,MC904", "-o", "json", "mesh.yaml"});
    std::string said;
    const auto report = nlohmann::json::parse(ran.out);
    for (const auto& finding : report.at("findings")) {
      said += finding["rule"].get<std::string>() + finding["message"].get<std::string>() + '\n';
    }
    reports.insert(said);
  }
  REQUIRE(reports.size() == 1);
  CHECK_FALSE(reports.begin()->empty());
}
