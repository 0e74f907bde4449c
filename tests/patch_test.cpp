#include "meshcheck/patch.h"

#include <catch2/catch.hpp>

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
