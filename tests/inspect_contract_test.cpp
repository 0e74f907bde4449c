// The keys of `inspect -o json`, list by list: other programs read them, so that they change only
// with a major version.
#include <span>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "report/inspect.h"

using namespace meshcheck;
using Json = nlohmann::ordered_json;
using Keys = std::vector<std::string>;

namespace {

// A mesh with one empty entry in each list; keys do not depend on what is known.
Json inspected() {
  Mesh mesh;
  mesh.control_planes.emplace_back();
  mesh.control_planes.back().autoscaler.emplace();
  mesh.control_planes.back().budgets.emplace_back();
  mesh.injectors.emplace_back();
  mesh.mesh_configs.emplace_back();
  mesh.gateways.emplace_back();
  mesh.gateways.back().resources.cpu_limit.value = Quantity::parse("1");
  mesh.tags.emplace_back();
  mesh.node_agents.emplace_back();
  return Json::parse(inspect_json(std::span(&mesh, 1)));
}

Keys keys_of(const Json& object) {
  Keys keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

const Keys kAmounts = {"cpu", "cpuMillis", "memory", "memoryBytes"};

}  // namespace

TEST_CASE("inspect writes every list of its contract, null where the model holds none yet") {
  const Json document = inspected();
  CHECK(keys_of(document) == Keys{"controlPlanes", "injectors", "meshConfigs", "gateways", "tags",
                                  "namespaces", "workloads", "policies", "nodeAgents"});
}

TEST_CASE("the entries of inspect's lists have the keys of their contract, in its order") {
  const Json document = inspected();
  CHECK(keys_of(document["controlPlanes"][0]) ==
        Keys{"name", "namespace", "revision", "version", "source", "requests", "limits", "replicas",
             "hpa", "pdb", "antiAffinity", "topologySpread", "env"});
  CHECK(keys_of(document["injectors"][0]) ==
        Keys{"name", "namespace", "revision", "requests", "limits"});
  CHECK(keys_of(document["meshConfigs"][0]) == Keys{"name", "namespace", "revision",
                                                    "accessLogFile", "rootNamespace", "trustDomain",
                                                    "accessLogProviders"});
  CHECK(keys_of(document["gateways"][0]) == Keys{"kind", "namespace", "name", "class", "revision",
                                                 "requests", "limits", "replicas", "pdb", "hpa"});
  CHECK(keys_of(document["tags"][0]) == Keys{"name", "revision", "namespaces"});
  CHECK(keys_of(document["nodeAgents"][0]) ==
        Keys{"kind", "namespace", "name", "version", "source", "requests", "limits", "nodes"});
}

TEST_CASE("amounts, replicas and partners have their keys whatever is known of them") {
  const Json document = inspected();
  const Json& plane = document["controlPlanes"][0];
  CHECK(keys_of(plane["requests"]) == kAmounts);
  CHECK(plane["limits"].is_null());
  CHECK(keys_of(plane["replicas"]) == Keys{"fixed", "min", "max"});
  CHECK(keys_of(plane["hpa"]) == Keys{"name", "min", "max", "cpuTarget"});
  CHECK(keys_of(plane["pdb"]) == Keys{"name", "minAvailable", "maxUnavailable"});
  CHECK(keys_of(document["gateways"][0]["limits"]) == kAmounts);
  CHECK(document["gateways"][0]["limits"]["memory"].is_null());
}
