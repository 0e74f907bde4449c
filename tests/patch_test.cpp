#include "meshcheck/patch.h"

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;

TEST_CASE("a name that YAML takes for something else stands in quotes") {
  for (const char* name : {"off", "on", "yes", "n", "null", "123", "1e3", "0x10", "1.5"}) {
    INFO(name);
    CHECK(yaml_word(name) == '"' + std::string(name) + '"');
  }
  for (const char* name : {"shop", "istiod-1-30", "1-30", "a.b", "v1"})
    CHECK(yaml_word(name) == name);
}

TEST_CASE("the head of a patch names its object") {
  CHECK(manifest_head({.api_version = "v1",
                       .kind = "Service",
                       .name_space = "on",
                       .name = "web",
                       .revision = {}}) ==
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: \"on\"\n");
}

TEST_CASE("a name adds nothing to the patch that it stands in") {
  CHECK(yaml_word("x\n  namespace: kube-system") == "\"x\\x0a  namespace: kube-system\"");
  CHECK(yaml_word("a: b") == "\"a: b\"");
  CHECK(yaml_word("a #b") == "\"a #b\"");
  CHECK(yaml_word("a\"b\\") == R"("a\"b\\")");
  CHECK(yaml_word("&a") == "\"&a\"");
  CHECK(yaml_word("-") == "\"-\"");
  CHECK(yaml_word("") == "\"\"");
  CHECK(yaml_word("\xc2\x85\xe2\x80\xa8\xff") == R"("\x85\u2028\uFFFD")");
  const test::YamlMesh mesh(
      "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: y}\n"
      "spec: {selector: {app: web, v: \"1.30\", \"a: b\": \"c}\\nd\", e: 1.5, f: <x>}}\n");
  const Node selector = mesh.resources().find("Service", "y", "x")->spec()["selector"];
  CHECK(flow_mapping(selector) == R"({app: web, v: "1.30", "a: b": "c}\x0ad", e: 1.5, f: "<x>"})");
}

TEST_CASE("what JSON has to quote reads as it does in YAML") {
  const test::YamlMesh mesh(
      "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"x\",\"namespace\":"
      "\"y\"},\"spec\":{\"selector\":{\"app\":\"web\",\"v\":\"1.30\",\"on\":\"off\"}}}\n");
  const Node selector = mesh.resources().find("Service", "y", "x")->spec()["selector"];
  CHECK(flow_mapping(selector) == R"({app: web, v: "1.30", "on": "off"})");
}

TEST_CASE("bounds of replicas leave room, whatever the user wrote") {
  const AskedReplicas huge{.at_rest = 9'000'000'000'000'000'000, .at_most = 0};
  const ReplicaBounds bounds = replica_bounds(std::nullopt, huge, 9'000'000'000'000'000'000);
  REQUIRE(bounds.max);
  CHECK(bounds.min < *bounds.max);
  const ReplicaBounds asked = replica_bounds(std::nullopt, {.at_rest = 4}, 2);
  CHECK(asked.min == 4);
  CHECK_FALSE(asked.max);
}
