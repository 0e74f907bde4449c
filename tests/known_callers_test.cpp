#include "meshcheck/known_callers.h"

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

TEST_CASE("a principal has a trust domain, a namespace and an account", "[known_callers]") {
  const auto read = parse_principal("cluster.local/ns/shop/sa/web");
  REQUIRE(read);
  CHECK(read->trust_domain == "cluster.local");
  CHECK(read->name_space == "shop");
  CHECK(read->account == "web");
  for (const char* wrong : {"", "shop/web", "cluster.local/sa/web/ns/shop", "/ns/shop/sa/web",
                            "cluster.local/ns/shop/sa/", "cluster.local/ns/a/b/sa/web"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_principal(wrong));
  }
}

TEST_CASE("callers are known where the input holds all of them", "[known_callers]") {
  const YamlMesh mesh(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "trustDomain: corp"}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template: {spec: {serviceAccountName: seller, containers: [{name: web, image: "web:1"}]}}
  selector: {matchLabels: {app: web}}
)");
  const KnownCallers callers = known_callers(*mesh);
  CHECK_FALSE(callers.is_foreign("corp"));
  CHECK_FALSE(callers.is_foreign("cluster.local"));
  CHECK(callers.is_foreign("elsewhere"));
  for (const char* known : {"web", "default", "seller"}) {
    CHECK_FALSE(callers.lacks_account("shop", known));
  }
  CHECK(callers.lacks_account("shop", "nobody"));
  CHECK_FALSE(callers.lacks_account("other", "nobody"));
}

TEST_CASE("without a mesh configuration no trust domain is foreign", "[known_callers]") {
  const YamlMesh mesh("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
  CHECK_FALSE(known_callers(*mesh).is_foreign("elsewhere"));
}
