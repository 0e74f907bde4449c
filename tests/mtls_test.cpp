// Which mTLS mode holds on a workload's port, from Istio's own order of policies.
#include "meshcheck/mtls.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "meshcheck/service.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

// A namespace `shop` with the workload `web`, and an istiod, so that nothing is left to guess.
constexpr const char* kIstiod = R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod, sidecar.istio.io/inject: "false"}}
    spec: {containers: [{name: discovery, image: istio/pilot:1.30.3}]}
)";

std::string shop(std::string_view label = "istio-injection: enabled") {
  return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {" +
         std::string(label) + R"(}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, version: "1"}}
    spec: {containers: [{name: app, image: web:1, ports: [{name: http, containerPort: 8080}]}]}
)";
}

std::string policy(std::string_view name_space, std::string_view name, std::string_view spec,
                   std::string_view created = "") {
  std::string text = "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\n";
  text += "metadata: {name: " + std::string(name);
  if (!name_space.empty()) text += ", namespace: " + std::string(name_space);
  if (!created.empty()) text += ", creationTimestamp: \"" + std::string(created) + '"';
  return text + "}\nspec: " + std::string(spec) + '\n';
}

const Workload& web(const test::YamlMesh& mesh) {
  return *std::ranges::find(mesh->workloads, "web", &Workload::name);
}

// The mode on a port, "unknown" where the input cannot tell.
std::string mode(const std::string& text, std::int64_t port = 8080) {
  const test::YamlMesh mesh(text);
  const Traced<MtlsMode>& found = mesh->mtls->of(web(mesh)).on(port);
  return found.known() ? std::string(to_string(found.value)) : "unknown";
}

const std::string kMesh = kIstiod + shop();
const std::string kStrict = "{mtls: {mode: STRICT}}";
const std::string kPermissive = "{mtls: {mode: PERMISSIVE}}";

}  // namespace

TEST_CASE("where policies are kept and none is about mTLS, a workload takes plaintext too") {
  CHECK(mode(kMesh + "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
                     "metadata: {name: allow, namespace: shop}\nspec: {rules: [{}]}\n") ==
        "PERMISSIVE");
}

TEST_CASE("an installation without any security policy tells nothing of mTLS") {
  CHECK(mode(kMesh) == "unknown");
}

TEST_CASE("the nearest policy that names a mode wins") {
  const std::string mesh_wide = kMesh + policy("istio-system", "default", kStrict);
  CHECK(mode(mesh_wide) == "STRICT");
  CHECK(mode(mesh_wide + policy("shop", "ns", kPermissive)) == "PERMISSIVE");
  CHECK(mode(mesh_wide + policy("shop", "ns", "{mtls: {mode: UNSET}}")) == "STRICT");
  CHECK(mode(mesh_wide + policy("shop", "ns", "{}")) == "STRICT");
  CHECK(mode(mesh_wide + policy("other", "ns", kPermissive)) == "STRICT");
  const std::string own =
      policy("shop", "web", "{selector: {matchLabels: {app: web}}, mtls: {mode: DISABLE}}");
  CHECK(mode(mesh_wide + policy("shop", "ns", kPermissive) + own) == "DISABLE");
}

TEST_CASE("a selector in the root namespace selects nothing") {
  CHECK(mode(kMesh + policy("istio-system", "web",
                            "{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}")) ==
        "PERMISSIVE");
}

TEST_CASE("a selector without labels is none") {
  CHECK(mode(kMesh + policy("shop", "ns", "{selector: {}, mtls: {mode: STRICT}}")) == "STRICT");
}

TEST_CASE("the root namespace is the one that the mesh configuration names") {
  const std::string config =
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
      "data:\n  mesh: |-\n    rootNamespace: policies\n";
  CHECK(mode(kMesh + config + policy("policies", "default", kStrict)) == "STRICT");
  CHECK(mode(kMesh + config + policy("istio-system", "default", kStrict)) == "PERMISSIVE");
}

TEST_CASE("ports have modes of their own, by the pod's number, from the workload's policy only") {
  const std::string ports =
      policy("shop", "web",
             "{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, "
             "portLevelMtls: {\"8080\": {mode: PERMISSIVE}, 9090: {mode: UNSET}}}");
  CHECK(mode(kMesh + ports, 8080) == "PERMISSIVE");
  CHECK(mode(kMesh + ports, 9090) == "STRICT");
  CHECK(mode(kMesh + ports, 80) == "STRICT");
  CHECK(mode(kMesh + policy("shop", "ns", "{portLevelMtls: {8080: {mode: STRICT}}}")) ==
        "PERMISSIVE");
}

TEST_CASE("of several policies of one level the oldest counts, and without dates nobody knows") {
  CHECK(mode(kMesh + policy("shop", "b", kStrict, "2026-01-01T00:00:00Z") +
             policy("shop", "a", kPermissive, "2026-01-02T00:00:00Z")) == "STRICT");
  CHECK(mode(kMesh + policy("shop", "b", kStrict, "2026-01-01T00:00:00Z") +
             policy("shop", "a", kPermissive, "2026-01-01T00:00:00Z")) == "PERMISSIVE");
  CHECK(mode(kMesh + policy("shop", "b", kStrict) + policy("shop", "a", kPermissive)) == "unknown");
  CHECK(mode(kMesh + policy("shop", "b", kStrict) + policy("shop", "a", kStrict)) == "STRICT");
}

TEST_CASE("a younger policy counts for nothing where an older one is for all that it is for") {
  const std::string old = "2024-01-01T00:00:00Z";
  const std::string young = "2025-01-01T00:00:00Z";
  const std::string for_web = "{selector: {matchLabels: {app: web}}, mtls: {mode: PERMISSIVE}}";
  const test::YamlMesh mesh(
      kMesh + policy("shop", "b", kPermissive, old) + policy("shop", "a", kStrict, old) +
      policy("shop", "young", kPermissive, young) + policy("shop", "web-young", for_web, young) +
      policy("shop", "web-old", for_web, old) + policy("shop", "undated", for_web) +
      policy("pay", "alone", kStrict, old));
  std::vector<std::string> ignored;
  for (const PeerAuthentication& one : mesh->mtls->policies) {
    if (mesh->mtls->is_ignored(one)) ignored.push_back(one.name);
  }
  // Of those for `web` one has no date, so nobody knows.
  CHECK(ignored == std::vector<std::string>{"b", "young"});
  CHECK(mode(kMesh + policy("shop", "b", kPermissive, old) + policy("shop", "a", kStrict, old)) ==
        "STRICT");
}

TEST_CASE("a policy that the input holds in two versions tells nothing") {
  CHECK(mode(kMesh + policy("shop", "a", kStrict) + policy("shop", "a", kPermissive)) == "unknown");
  CHECK(mode(kMesh + policy("shop", "a", kStrict) + policy("shop", "a", kStrict)) == "STRICT");
}

TEST_CASE("to ztunnel DISABLE is PERMISSIVE") {
  const std::string text = kIstiod + shop("istio.io/dataplane-mode: ambient") +
                           policy("shop", "ns", "{mtls: {mode: DISABLE}}");
  CHECK(mode(text) == "PERMISSIVE");
  CHECK(mode(kMesh + policy("shop", "ns", "{mtls: {mode: DISABLE}}")) == "DISABLE");
}

TEST_CASE("an application's repository does not tell what the mesh asks for") {
  CHECK(mode(shop()) == "unknown");
  CHECK(mode(shop() + policy("shop", "ns", kStrict)) == "STRICT");
  const std::string without_namespace = shop().substr(shop().find("---", 4));
  CHECK(mode(without_namespace + policy("istio-system", "default", kStrict)) == "unknown");
}

TEST_CASE("a variable is no mode") {
  CHECK(mode(kMesh + policy("shop", "ns", "{mtls: {mode: \"${MODE}\"}}")) == "unknown");
}

TEST_CASE("a policy without a namespace counts for what lies beside it") {
  const std::string here = R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: web:1}]}
)";
  CHECK(mode(here + policy("", "default", kStrict)) == "STRICT");
}

TEST_CASE("a Service's port leads to the pod's") {
  const test::YamlMesh mesh(kMesh + R"(---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports:
    - {name: a, port: 80, targetPort: http}
    - {name: b, port: 81, targetPort: 9090}
    - {name: c, port: 82}
    - {name: d, port: 83, targetPort: absent}
)");
  const Resource* service = find_service(mesh.resources(), "web", "shop");
  REQUIRE(service != nullptr);
  REQUIRE(mesh->workload_index->behind(*service).size() == 1);
  const Workload& workload = *mesh->workload_index->behind(*service)[0];
  CHECK(container_port(service_port(*service, "a"), workload) == 8080);
  CHECK(container_port(service_port(*service, "81"), workload) == 9090);
  CHECK(container_port(service_port(*service, "c"), workload) == 82);
  CHECK(container_port(service_port(*service, "d"), workload) == std::nullopt);
  CHECK(find_service(mesh.resources(), "web.shop.svc.cluster.local", "other") == service);
  CHECK(find_service(mesh.resources(), "web.shop", "shop") == nullptr);
  CHECK(find_service(mesh.resources(), "*", "shop") == nullptr);
}
