// One cause, one finding, across points.
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

using namespace meshcheck;
using nlohmann::json;

TEST_CASE("what is left of a deleted istiod joins the webhook that still calls it") {
  const test::TemporaryFolder folder;
  folder.write("istiod.yaml", test::read_file(test::testdata() / "_stock/rendered-1.30.yaml"));
  folder.write("left.yaml", R"(apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: istio-sidecar-injector-1-29
  labels: {istio.io/rev: 1-29, app: sidecar-injector}
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    failurePolicy: Fail
    clientConfig:
      service: {name: istiod-1-29, namespace: istio-system, path: /inject}
    namespaceSelector:
      matchExpressions:
        - {key: istio.io/rev, operator: In, values: [1-29]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: istiod-1-29
  namespace: istio-system
  labels: {app: istiod, istio.io/rev: 1-29}
spec:
  minReplicas: 2
  maxReplicas: 5
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: istiod-1-29}
)");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli::run({"audit", "--select", "MC205,MC304", "-o", "json", folder / ""},
           {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  const json report = json::parse(out.str());
  REQUIRE(report["findings"].size() == 1);
  CHECK(report["findings"][0]["rule"] == "MC304");
  CHECK(report["findings"][0]["related"].back()["message"].get<std::string>().find(
            "HorizontalPod") != std::string::npos);
}

TEST_CASE("policies in a namespace without a sidecar join the label that names no revision") {
  const test::TemporaryFolder folder;
  folder.write("istiod.yaml", test::read_file(test::testdata() / "_stock/rendered-1.30.yaml"));
  folder.write("shop.yaml", R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: gone}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "registry.example/web:1"}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: cart, namespace: shop}
spec: {selector: {matchLabels: {app: cart}}, rules: [{}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: pay, namespace: shop}
spec: {selector: {matchLabels: {app: pay}}, rules: [{}]}
)");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli::run({"audit", "--isolated", "--select", "MC303,MC602", "-o", "json", folder / ""},
           {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  const json report = json::parse(out.str());
  REQUIRE(report["findings"].size() == 1);
  CHECK(report["findings"][0]["rule"] == "MC303");
  CHECK(report["findings"][0]["related"].size() == 2);
}
