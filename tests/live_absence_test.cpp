// What a cluster does not have, and what was not read of it.
#include <algorithm>
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

constexpr const char* kIstiod = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
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
    spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.30.1"}]}
)";

Ran audit(const TemporaryFolder& folder, const Server& server, std::vector<std::string> more) {
  meshcheck::test::write_private(folder, "kubeconfig", server.kubeconfig());
  std::vector<std::string> args = {"audit",        "--isolated",     "--live",
                                   "--kubeconfig", "kubeconfig",     "--now",
                                   "2026-11-22",   "--drift-window", "0s"};
  args.insert(args.end(), more.begin(), more.end());
  return meshcheck::test::run_in(folder, args);
}

}  // namespace

TEST_CASE("What a cluster without Istio lacks is said of the cluster, and no point passes") {
  const TemporaryFolder folder;
  Server server;
  server.add("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
  const Ran ran = audit(folder, server, {"-o", "json"});
  CHECK(ran.status == 0);
  const Json report = Json::parse(ran.out);
  for (const Json& point : report.at("points")) {
    INFO(point.dump());
    CHECK(point.at("status") == "not-evaluated");
  }
  for (const Json& rule : report.at("notEvaluated")) {
    const std::string reason = rule.at("reason").get<std::string>();
    INFO(rule.dump());
    CHECK_FALSE(contains(reason, "in the input"));
    CHECK_FALSE(contains(reason, "was given"));
  }
  CHECK(contains(ran.out, "no istiod runs in the cluster"));
}

TEST_CASE("What --namespace leaves unread is not absent") {
  const TemporaryFolder folder;
  Server server;
  server.add(kIstiod);
  server.add(R"(
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector, labels: {app: sidecar-injector, istio.io/rev: default}}
webhooks:
  - name: namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {istio-injection: enabled}}
)");
  const Ran shop =
      audit(folder, server, {"--namespace", "shop", "--select", "MC304,MC321", "-o", "json"});
  INFO(shop.out);
  CHECK(Json::parse(shop.out).at("findings").empty());
  CHECK(shop.status == 0);
  CHECK_FALSE(contains(shop.out, "is in the cluster"));
  const Ran nowhere = audit(folder, server, {"--namespace", "shpo"});
  CHECK(nowhere.status == 3);
  CHECK(contains(nowhere.err, "there is no namespace `shpo`"));
}

TEST_CASE("What --namespace reads of a namespace is all there is in it") {
  const TemporaryFolder folder;
  Server server;
  server.add(kIstiod);
  const Ran ran =
      audit(folder, server, {"--namespace", "istio-system", "--select", "MC207", "-o", "json"});
  INFO(ran.out);
  const Json found = Json::parse(ran.out).at("findings");
  REQUIRE(found.size() == 1);
  CHECK(found[0].at("rule") == "MC207");
}

TEST_CASE("Who reads one namespace is told nothing of others") {
  const TemporaryFolder folder;
  Server server;
  server.add(kIstiod);
  server.add(
      "{apiVersion: v1, kind: Namespace, metadata: {name: pay, labels: {istio-injection: enabled, "
      "istio.io/rev: gone}}}");
  const auto about = [&](const std::vector<std::string>& more) {
    std::vector<std::string> args = {"--select", "MC303,MC306", "-o", "json", "--fail-on", "info"};
    args.insert(args.end(), more.begin(), more.end());
    return audit(folder, server, args);
  };
  CHECK_FALSE(Json::parse(about({}).out).at("findings").empty());
  const Ran shop = about({"--namespace", "shop"});
  INFO(shop.out);
  CHECK(Json::parse(shop.out).at("findings").empty());
  CHECK(shop.status == 0);
  CHECK_FALSE(Json::parse(about({"--namespace", "pay"}).out).at("findings").empty());
}

TEST_CASE("Cilium's settings are asked for only where its agent runs") {
  const TemporaryFolder folder;
  Server server;
  server.add(kIstiod);
  const auto asked = [&] {
    server.clear_requests();
    audit(folder, server, {"--no-drift"});
    return std::ranges::any_of(server.requests(), [](const auto& request) {
      return request.path == "/api/v1/namespaces/kube-system/configmaps/cilium-config";
    });
  };
  CHECK_FALSE(asked());
  server.add(
      "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: cilium, namespace: kube-system}, "
      "spec: {selector: {matchLabels: {k8s-app: cilium}}, template: {metadata: {labels: {k8s-app: "
      "cilium}}, spec: {containers: [{name: cilium-agent, image: cilium}]}}}}");
  CHECK(asked());
}
