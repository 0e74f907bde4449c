// A merge replaces lists whole: what a patch suggests for one keeps all that stands in it.
#include <string>

#include <catch2/catch.hpp>

#include "meshcheck/rule.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;

namespace {

std::string patch_of(const char* rule_id, const YamlMesh& mesh) {
  const Rule* rule = find_rule(rule_id);
  REQUIRE(rule != nullptr);
  Sink sink(rule->info);
  rule->check(*mesh, Parameters(rule->info, {}), sink);
  REQUIRE(sink.findings().size() == 1);
  REQUIRE(sink.findings().front().fix.has_value());
  return sink.findings().front().fix->patch;
}

}  // namespace

TEST_CASE("declaring the protocol of one port keeps the others, and all that each says") {
  const YamlMesh mesh(R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: box, namespace: shop}
spec:
  selector: {matchLabels: {app: box}}
  template:
    metadata: {labels: {app: box}}
    spec: {containers: [{name: box, image: "example.com/box:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: box, namespace: shop}
spec:
  selector: {app: box}
  ports:
    - {name: api, port: 50051, protocol: TCP, nodePort: 30001}
    - {name: queue, port: 5671}
    - {name: web, port: 80, appProtocol: http}
)");
  CHECK(patch_of("MC506", mesh) ==
        "apiVersion: v1\n"
        "kind: Service\n"
        "metadata:\n"
        "  name: box\n"
        "  namespace: shop\n"
        "spec:\n"
        "  ports:\n"
        "    - name: api\n"
        "      port: 50051\n"
        "      protocol: TCP\n"
        "      nodePort: 30001\n"
        "      appProtocol: grpc  # or what is spoken there\n"
        "    - name: queue\n"
        "      port: 5671\n"
        "      appProtocol: tls  # or what is spoken there\n"
        "    - name: web\n"
        "      port: 80\n"
        "      appProtocol: http\n");
}

TEST_CASE("switching an access log off keeps the direction that it is for") {
  const YamlMesh mesh(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "rootNamespace: istio-system"}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: log, namespace: shop}
spec:
  accessLogging: [{match: {mode: CLIENT}, providers: [{name: envoy}]}]
)");
  const std::string patch = patch_of("MC502", mesh);
  CHECK(patch.find("      match:\n        mode: CLIENT\n      disabled: true\n") !=
        std::string::npos);
}

TEST_CASE("a policy moves to the waypoint without the selector that excludes targetRefs") {
  const YamlMesh mesh(R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.com/web:1"}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: deny, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  action: DENY
  rules: [{to: [{operation: {paths: [/admin]}}]}]
)");
  CHECK(patch_of("MC605", mesh).find("  selector: null") != std::string::npos);
}
