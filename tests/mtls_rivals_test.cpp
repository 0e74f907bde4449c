#include "meshcheck/mtls_rivals.h"

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

namespace {

std::string policy(std::string_view name, std::string_view created, std::string_view spec) {
  return "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: " +
         std::string(name) + ", namespace: shop" +
         (created.empty() ? "" : ", creationTimestamp: \"" + std::string(created) + '"') +
         "}\nspec: {" + std::string(spec) + "}\n";
}

constexpr std::string_view kJanuary = "2026-01-01T00:00:00Z";
constexpr std::string_view kMay = "2026-05-01T00:00:00Z";

}  // namespace

TEST_CASE("of two policies for a namespace the older one counts", "[mtls_rivals]") {
  const YamlMesh mesh(policy("young", kMay, "mtls: {mode: STRICT}") +
                      policy("old", kJanuary, "mtls: {mode: PERMISSIVE}"));
  const auto rivals = mtls_rivals(*mesh);
  REQUIRE(rivals.size() == 1);
  CHECK(rivals[0].winner->name == "old");
  CHECK(rivals[0].loser->name == "young");
  CHECK(rivals[0].decided);
  CHECK(rivals[0].what == "all of namespace shop");
  for (const PeerAuthentication& one : mesh->mtls->policies) {
    CHECK(mesh->mtls->is_ignored(one) == (one.name == "young"));
  }
}

TEST_CASE("without dates nobody knows which one counts", "[mtls_rivals]") {
  const YamlMesh mesh(policy("a", "", "mtls: {mode: STRICT}") +
                      policy("b", kJanuary, "mtls: {mode: DISABLE}"));
  const auto rivals = mtls_rivals(*mesh);
  REQUIRE(rivals.size() == 1);
  CHECK(rivals[0].winner->name == "a");
  CHECK_FALSE(rivals[0].decided);
  for (const PeerAuthentication& one : mesh->mtls->policies) {
    CHECK_FALSE(mesh->mtls->is_ignored(one));
  }
}

TEST_CASE("policies that say the same are no rivals", "[mtls_rivals]") {
  const YamlMesh mesh(policy("a", kJanuary, "mtls: {mode: STRICT}") +
                      policy("b", kMay, "mtls: {mode: STRICT}"));
  CHECK(mtls_rivals(*mesh).empty());
}

TEST_CASE("a pair is told once, however many workloads both select", "[mtls_rivals]") {
  std::string text =
      policy("a", kJanuary, "selector: {matchLabels: {tier: back}}, mtls: {mode: STRICT}") +
      policy("b", kMay, "selector: {matchLabels: {tier: back}}, mtls: {mode: DISABLE}");
  for (const char* name : {"web", "cart"}) {
    text +=
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + std::string(name) +
        ", namespace: shop}\nspec: {selector: {matchLabels: {tier: back}}, template: {metadata: "
        "{labels: {tier: back}}, spec: {containers: [{name: app, image: \"app:1\"}]}}}\n";
  }
  const YamlMesh mesh(text);
  const auto rivals = mtls_rivals(*mesh);
  REQUIRE(rivals.size() == 1);
  CHECK(rivals[0].what == "Deployment web");
}
