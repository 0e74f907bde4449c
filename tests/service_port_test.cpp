// What istiod takes Services' ports for.
#include "meshcheck/service_port.h"

#include <string>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

std::string protocol(const std::string& port) {
  const test::YamlText text("{" + port + "}\n");
  return declared_protocol(text.root());
}

}  // namespace

TEST_CASE("a port's name declares a protocol by its first word, in any case") {
  CHECK(protocol("port: 80, name: http") == "http");
  CHECK(protocol("port: 80, name: HTTP2-api") == "http2");
  CHECK(protocol("port: 80, name: grpc-web-api") == "grpc-web");
  CHECK(protocol("port: 80, name: httpapi").empty());
  CHECK(protocol("port: 80, name: web-http").empty());
  CHECK(protocol("port: 80").empty());
}

TEST_CASE("appProtocol wins over the name, even where istiod does not know it") {
  CHECK(protocol("port: 80, name: http, appProtocol: tcp") == "tcp");
  CHECK(protocol("port: 80, name: http, appProtocol: example.org/own").empty());
  CHECK(protocol("port: 80, appProtocol: kubernetes.io/h2c") == "http2");
  CHECK(protocol("port: 80, appProtocol: kubernetes.io/wss") == "https");
}

TEST_CASE("ports of well-known protocols whose server speaks first are TCP, and UDP is UDP") {
  for (const char* port : {"25", "53", "3306", "27017"}) {
    CHECK(protocol(std::string("port: ") + port) == "tcp");
  }
  CHECK(protocol("port: 80, name: web, protocol: UDP") == "udp");
}

TEST_CASE("labels select workloads of one namespace that bear them all") {
  const auto pod = [](const std::string& name, const std::string& name_space,
                      const std::string& labels) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + name_space +
           ", labels: {" + labels + "}}\nspec: {containers: [{name: a, image: b}]}\n---\n";
  };
  const test::YamlMesh mesh(pod("one", "shop", "app: cart, tier: web") +
                            pod("two", "shop", "app: pay, tier: web") +
                            pod("three", "other", "app: cart, tier: web"));
  const WorkloadIndex& index = *mesh->workload_index;
  const test::YamlText labels("{tier: web, app: cart}\n");
  const auto selected = index.select("shop", labels.root());
  REQUIRE(selected.size() == 1);
  CHECK(selected.front()->name == "one");
  CHECK(index.select("shop", {}).empty());
  CHECK(index.in_namespace("shop").size() == 2);
}
