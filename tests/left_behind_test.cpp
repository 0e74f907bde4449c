// A revision of which only the Deployment was deleted is one finding, not three.
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
