// Where nothing in the input tells what injects, no rule says what would be injected.
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/run_in.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

constexpr const char* kDump = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: prod-stable}}
---
apiVersion: v1
kind: Namespace
metadata: {name: old, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations: {sidecar.istio.io/status: '{"containers":["istio-proxy"],"revision":"1-30-3"}'}
spec: {containers: [{name: istio-proxy, image: "docker.io/istio/proxyv2:1.30.3"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: old
  annotations: {sidecar.istio.io/status: '{"containers":["istio-proxy"],"revision":"1-30-3"}'}
spec: {containers: [{name: istio-proxy, image: "docker.io/istio/proxyv2:1.30.3"}]}
)";

}  // namespace

TEST_CASE("what a restart gives is not known from namespaces and pods alone") {
  const test::TemporaryFolder folder;
  folder.write("dump.yaml", kDump);
  const auto ran = test::run_in(
      folder, {"audit", "--isolated", "--quiet", "--select", "MC316", "-o", "json", "dump.yaml"});
  const json report = json::parse(ran.out);
  CHECK(report["findings"].empty());
  REQUIRE(report["notEvaluated"].size() == 1);
  CHECK(report["notEvaluated"][0]["needs"] == json::array({"MutatingWebhookConfiguration"}));
}
