// The faults of the tests' API server, and its proxies and port-forwards, byte for byte.
#include <memory>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "kubeapi/hash.h"
#include "kubeapi/raw_client.h"
#include "kubeapi/server.h"
#include "support/contains.h"

using namespace meshcheck::kubeapi;
using meshcheck::test::contains;
using Json = nlohmann::json;

namespace {

struct Cluster {
  Cluster() { server.add(SyntheticPods{.count = 20}); }

  RawAnswer get(std::string_view target, std::string_view header_lines = {}) {
    return RawClient(server.port(), server.ca_pem()).get(target, "letmein", header_lines);
  }
  RawAnswer get_with(const Fault& fault, std::string_view header_lines = {}) {
    server.clear_faults();
    server.add(fault);
    return get("/api/v1/pods", header_lines);
  }

  Server server;
};

Istiod istiod() {
  Istiod result;
  result.pod = "istiod-1";
  result.version = "1.30.0-abc-Clean";
  result.metrics = "pilot_info{version=\"1.30.0\"} 1\n";
  result.syncz = {"[1]", "[2]"};
  result.dates = {"Mon, 05 Jan 2026 08:00:00 GMT"};
  return result;
}

constexpr std::string_view kUpgrade =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n";

// A masked frame of a client, of less than 126 bytes.
std::string client_frame(int opcode, const std::string& payload) {
  std::string out{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size())};
  const std::string mask = "\x11\x22\x33\x44";
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return out;
}

// Everything the server sends until it ends, after a GET through channel 0.
std::string forwarded(Cluster& cluster, const std::string& port) {
  RawClient client(cluster.server.port(), cluster.server.ca_pem());
  const RawAnswer upgrade =
      client.get("/api/v1/namespaces/istio-system/pods/istiod-1/portforward?ports=" + port,
                 "letmein", kUpgrade);
  if (upgrade.status != 101) return upgrade.head + upgrade.body;
  const std::string request = "GET /debug/syncz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  client.write(client_frame(2, std::string(1, '\0') + request));
  client.write(client_frame(8, "\x03\xe8"));
  std::string all = upgrade.head;
  for (std::string more = client.read(4096); !more.empty(); more = client.read(4096)) all += more;
  return all;
}

}  // namespace

TEST_CASE("a fault strikes the hits it names") {
  Cluster cluster;
  int struck = 0;
  cluster.server.add(Fault{.path = "/api/v1/pods*",
                           .first = 2,
                           .times = 2,
                           .status = 429,
                           .headers = {{"Retry-After", "1"}},
                           .body = "Too many requests, please try again later.\n",
                           .then = [&] { ++struck; }});
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(cluster.get("/api/v1/pods?limit=1").status);
  CHECK(statuses == std::vector<int>{200, 429, 429, 200});
  CHECK(struck == 2);
  CHECK(cluster.get("/api/v1/namespaces").status == 200);
}

TEST_CASE("a redirect is an answer like another") {
  Cluster cluster;
  const RawAnswer answer = cluster.get_with(
      {.path = "*", .status = 302, .headers = {{"Location", "https://elsewhere.example/"}}});
  CHECK(answer.status == 302);
  CHECK(contains(answer.head, "Location: https://elsewhere.example/"));
}

TEST_CASE("bodies are cut, with and without their framing") {
  Cluster cluster;
  const auto fault = [&](FaultKind kind, std::string_view headers = {}) {
    return cluster.get_with({.path = "*", .kind = kind, .at = 1000}, headers);
  };
  const RawAnswer cut = fault(FaultKind::cut);
  CHECK_FALSE(cut.whole);
  CHECK(cut.body.size() == 1000);
  CHECK_FALSE(fault(FaultKind::cut_reset).whole);
  CHECK_FALSE(fault(FaultKind::bad_chunk).whole);
  CHECK_FALSE(fault(FaultKind::wrong_length).whole);
  const RawAnswer clean = fault(FaultKind::cut_clean);
  CHECK(clean.whole);
  CHECK(clean.body.size() == 1000);
  CHECK_FALSE(Json::accept(clean.body));
  const std::string gzip = "Accept-Encoding: gzip\r\n";
  const RawAnswer unzipped = cluster.get("/api/v1/pods", gzip);
  CHECK(fault(FaultKind::cut_gzip, gzip).whole);
  CHECK(fault(FaultKind::cut_gzip, gzip).body.size() != unzipped.body.size());
  CHECK(fault(FaultKind::cut_gzip).status == 500);  // was not compressed: the test's mistake
  CHECK(fault(FaultKind::garbage).body == "{]");
  CHECK(fault(FaultKind::reset).status == 0);
}

TEST_CASE("slow answers come, and a stalled one ends with the server") {
  Cluster cluster;
  const std::chrono::milliseconds pause(5);
  CHECK(cluster.get_with({.path = "*", .kind = FaultKind::delay, .delay = pause}).whole);
  CHECK(cluster.get_with({.path = "*", .kind = FaultKind::drip, .delay = pause, .at = 100'000})
            .whole);
  auto server = std::make_unique<Server>();
  server->add(Fault{.path = "*", .kind = FaultKind::stall});
  RawClient client(server->port(), server->ca_pem());
  client.write("GET /version HTTP/1.1\r\n\r\n");
  while (server->requests().empty()) std::this_thread::sleep_for(pause);
  server.reset();
  CHECK(client.read(1).empty());
}

TEST_CASE("a pod's proxy reaches istiod from afar") {
  Cluster cluster;
  cluster.server.add(istiod());
  const std::string pods = "/api/v1/namespaces/istio-system/pods/";
  CHECK(cluster.get(pods + "http:istiod-1:15014/proxy/version").body == "1.30.0-abc-Clean");
  CHECK(cluster.get(pods + "istiod-1%3A15014/proxy/metrics").status == 200);
  CHECK(cluster.get(pods + "istiod-1:15014/proxy/debug/syncz").status == 401);
  CHECK(cluster.get(pods + "istiod-1/proxy/version").status == 503);
  CHECK(cluster.get(pods + "istiod-2:15014/proxy/version").status == 404);
  const std::string service = "/api/v1/namespaces/istio-system/services/http:istiod:15014/proxy";
  CHECK(cluster.get(service + "/metrics").body == istiod().metrics);
}

TEST_CASE("a port-forward reaches istiod as from its own pod") {
  Cluster cluster;
  cluster.server.add(istiod());
  const std::string first = forwarded(cluster, "15014");
  // RFC 6455 gives the answer to its sample key.
  CHECK(contains(first, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  CHECK(contains(first, "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n"));
  const std::string ports("\x82\x03\x00\xa6\x3a\x82\x03\x01\xa6\x3a", 10);
  CHECK(contains(first, "\r\n\r\n" + ports));
  CHECK(contains(first, "Date: Mon, 05 Jan 2026 08:00:00 GMT\r\n"));
  CHECK(contains(first, "\r\n\r\n[1]"));
  CHECK(contains(forwarded(cluster, "15014"), "\r\n\r\n[2]"));
  CHECK(contains(forwarded(cluster, "9"), "connect: connection refused"));
  CHECK(contains(forwarded(cluster, "0"), "HTTP/1.1 400"));
}

TEST_CASE("port-forwards have faults of their own") {
  Cluster cluster;
  cluster.server.add(istiod());
  const auto with = [&](FaultKind kind, std::size_t at = 0) {
    cluster.server.clear_faults();
    cluster.server.add(Fault{.path = "*/portforward*", .kind = kind, .at = at});
    return forwarded(cluster, "15014");
  };
  CHECK_FALSE(contains(with(FaultKind::wrong_accept), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  CHECK_FALSE(contains(with(FaultKind::no_protocol), "Sec-WebSocket-Protocol"));
  CHECK(contains(with(FaultKind::masked), "\x82\x83"));
  CHECK(contains(with(FaultKind::channel_error), "connection refused"));
  CHECK(contains(with(FaultKind::fragments, 3), "are you there"));
  CHECK_FALSE(contains(with(FaultKind::cut_forward, 20), "[2]"));
}
