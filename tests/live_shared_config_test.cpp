// The mesh configuration below istiod's own, whose ConfigMap only istiod's Deployment names.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "kubeapi/server.h"
#include "support/private_file.h"
#include "support/run_in.h"

using meshcheck::kubeapi::Server;
using meshcheck::test::contains;
using meshcheck::test::Ran;
using meshcheck::test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

constexpr const char* kMesh = R"(
apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod, istio.io/rev: default}}
  template:
    metadata: {labels: {app: istiod, istio.io/rev: default}}
    spec:
      containers:
        - name: discovery
          image: "docker.io/istio/pilot:1.30.1"
          env: [{name: SHARED_MESH_CONFIG, value: mesh-of-all}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "trustDomain: cluster.local\n"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: mesh-of-all, namespace: istio-system}
data: {mesh: "accessLogFile: /dev/stdout\n"}
)";

Ran audit(const TemporaryFolder& folder, const Server& server) {
  meshcheck::test::write_private(folder, "kubeconfig", server.kubeconfig());
  return meshcheck::test::run_in(
      folder, {"audit", "--isolated", "--live", "--no-drift", "--kubeconfig", "kubeconfig", "--now",
               "2026-11-22", "--select", "MC501", "-o", "json"});
}

Json findings(const Ran& ran) { return Json::parse(ran.out).at("findings"); }

}  // namespace

TEST_CASE("what istiod's SHARED_MESH_CONFIG names is read, and counts") {
  const TemporaryFolder folder;
  Server server;
  server.add(kMesh);
  const Ran ran = audit(folder, server);
  INFO(ran.out);
  CHECK(ran.err.empty());
  REQUIRE(findings(ran).size() == 1);
  CHECK(contains(findings(ran).dump(), "accessLogFile is /dev/stdout"));
}

TEST_CASE("a shared configuration that may not be read is said, and no log passes for off") {
  const TemporaryFolder folder;
  Server server;
  server.add(kMesh);
  server.set_tokens({{"letmein", {"jane", {}}}});
  server.enforce(meshcheck::test::run_in(folder, {"rbac"}).out);
  const Ran refused = audit(folder, server);
  INFO(refused.out);
  CHECK(refused.status == 3);
  CHECK(contains(refused.err, "mesh-of-all"));
  CHECK(Json::parse(refused.out).at("points").at(4).at("status") == "not-evaluated");
  server.enforce(
      meshcheck::test::run_in(folder, {"rbac", "--shared-mesh-config", "mesh-of-all"}).out);
  const Ran ran = audit(folder, server);
  CHECK(ran.err.empty());
  CHECK(findings(ran).size() == 1);
}
