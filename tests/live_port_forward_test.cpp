// An istiod's own loopback port through the API server, and what its proxies reach.
#include <string>

#include <catch2/catch.hpp>

#include "live/port_forward.h"
#include "support/live.h"

using namespace meshcheck;
using namespace meshcheck::live;
using namespace meshcheck::test;
using kubeapi::FaultKind;

namespace {

const PodPort kIstiod{"istio-system", "istiod-1", 15014};

struct Cluster {
  Cluster() {
    kubeapi::Istiod istiod;
    istiod.pod = "istiod-1";
    istiod.version = "1.30.0-abc-Clean";
    istiod.metrics = "pilot_xds{version=\"1.30.0\"} 3\n";
    istiod.syncz = {"[" + std::string(100'000, ' ') + "]"};
    istiod.dates = {"Sun, 06 Nov 1994 08:49:37 GMT"};
    server.add(istiod);
    server.add("apiVersion: v1\nkind: Pod\nmetadata: {name: istiod-1, namespace: istio-system}\n");
  }
  void fail(FaultKind kind, int times = 1, std::size_t at = 7) {
    kubeapi::Fault fault;
    fault.path = "*portforward*";
    fault.kind = kind;
    fault.times = times;
    fault.at = at;
    server.add(fault);
  }

  kubeapi::Server server;
  Connected connected{server};
};

PodAnswer syncz(Cluster& cluster) {
  return port_forward_get(cluster.connected.client(), kIstiod, "/debug/syncz");
}

}  // namespace

TEST_CASE("a debug endpoint is read by port-forwarding, with the pod's clock") {
  Cluster cluster;
  const PodAnswer answer = syncz(cluster);
  INFO((answer.error ? answer.error->message : ""));
  REQUIRE(answer.reading == Reading::whole);
  CHECK(answer.status == 200);
  CHECK(answer.body.size() == 100'002);
  CHECK(answer.date->time_since_epoch().count() == 784111777);
  const auto request = cluster.server.requests().front();
  CHECK(request.method == "GET");
  CHECK(request.header("Sec-WebSocket-Protocol") == "v4.channel.k8s.io");
  CHECK(request.authorization_sha256 == kubeapi::bearer_sha256("letmein"));
}

TEST_CASE("fragments and pings change nothing, and a cut is tried again") {
  Cluster cluster;
  SECTION("fragments") { cluster.fail(FaultKind::fragments, 1, 1000); }
  SECTION("cut") { cluster.fail(FaultKind::cut_forward, 1, 5000); }
  SECTION("reset") { cluster.fail(FaultKind::reset, 1); }
  const PodAnswer answer = syncz(cluster);
  INFO((answer.error ? answer.error->message : ""));
  REQUIRE(answer.reading == Reading::whole);
  CHECK(answer.body.size() == 100'002);
}

TEST_CASE("a server that breaks the protocol is not believed") {
  Cluster cluster;
  cluster.fail(GENERATE(FaultKind::wrong_accept, FaultKind::no_protocol, FaultKind::masked,
                        FaultKind::channel_error, FaultKind::cut_forward),
               0);
  const PodAnswer answer = syncz(cluster);
  CHECK(answer.reading == Reading::failed);
  REQUIRE(answer.error);
  CHECK(
      answer.error->message.starts_with("forwarding to port 15014 of pod istio-system/istiod-1: "));
}

TEST_CASE("who may not forward is told what to grant") {
  Cluster cluster;
  cluster.server.set_tokens({{"letmein", {"reader", {}}}});
  cluster.server.enforce("");
  const PodAnswer answer = syncz(cluster);
  CHECK(answer.reading == Reading::forbidden);
  CHECK(answer.error->hint.find("`pods/portforward`") != std::string::npos);
}

TEST_CASE("a refused token is renewed for port-forwarding too") {
  Cluster cluster;
  cluster.connected.tokens = std::make_shared<Tokens>(std::vector<std::string>{"stale", "letmein"});
  cluster.connected.access.credentials = cluster.connected.tokens;
  CHECK(syncz(cluster).reading == Reading::whole);
  CHECK(cluster.connected.tokens->refreshes() == 1);
}

TEST_CASE("no pod, no path, no name") {
  Cluster cluster;
  Client& client = cluster.connected.client();
  CHECK(port_forward_get(client, {"istio-system", "other", 15014}, "/version").reading ==
        Reading::absent);
  const auto asked = cluster.server.requests().size();
  CHECK(port_forward_get(client, kIstiod, "/debug/adsz?push=true").reading == Reading::failed);
  CHECK(port_forward_get(client, {"..", "x", 1}, "/version").reading == Reading::failed);
  CHECK(pod_proxy_get(client, kIstiod, "/debug/syncz").reading == Reading::failed);
  CHECK(cluster.server.requests().size() == asked);
}

TEST_CASE("version and metrics come through the proxies of pods and services") {
  Cluster cluster;
  Client& client = cluster.connected.client();
  const PodAnswer version = pod_proxy_get(client, kIstiod, "/version");
  CHECK(version.reading == Reading::whole);
  CHECK(version.body == "1.30.0-abc-Clean");
  const PodAnswer metrics = service_proxy_get(client, "istio-system", "istiod", 15014, "/metrics");
  CHECK(metrics.reading == Reading::whole);
  CHECK(metrics.body.starts_with("pilot_xds{"));
}

TEST_CASE("a pod's refusal is the pod's, an RBAC refusal is not") {
  Cluster cluster;
  SECTION("the pod's") {
    kubeapi::Fault fault;
    fault.path = "*proxy*";
    fault.status = GENERATE(401, 403, 404);
    fault.body = "not from here";
    cluster.server.add(fault);
    const PodAnswer answer = pod_proxy_get(cluster.connected.client(), kIstiod, "/metrics");
    CHECK(answer.reading == Reading::whole);
    CHECK(answer.status == fault.status);
    CHECK_FALSE(cluster.connected.client().ended());
  }
  SECTION("RBAC's") {
    cluster.server.set_tokens({{"letmein", {"reader", {}}}});
    cluster.server.enforce("");
    const PodAnswer answer = pod_proxy_get(cluster.connected.client(), kIstiod, "/metrics");
    CHECK(answer.reading == Reading::forbidden);
    CHECK(answer.error->hint.find("`pods/proxy`") != std::string::npos);
  }
}
