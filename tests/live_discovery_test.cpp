// Which resources a server says that it has, in each of its dialects.
#include <string>

#include <catch2/catch.hpp>

#include "live/discovery.h"
#include "support/live.h"

using namespace meshcheck;
using namespace meshcheck::live;
using namespace meshcheck::test;

namespace {

const Wanted kAutoscalers{"autoscaling",
                          "horizontalpodautoscalers",
                          "HorizontalPodAutoscaler",
                          true,
                          {"v2", "v2beta2", "v1"}};
const Wanted kGateways{
    "networking.istio.io", "gateways", "Gateway", true, {"v1", "v1beta1", "v1alpha3"}};
const Wanted kNodes{"", "nodes", "Node", false, {"v1"}};
constexpr std::array<std::string_view, 3> kGroups{"", "autoscaling", "networking.istio.io"};

constexpr const char* kGatewayCrd = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gateways.networking.istio.io}
spec:
  group: networking.istio.io
  scope: Namespaced
  names: {plural: gateways, singular: gateway, kind: Gateway}
  versions: [{name: v1beta1, served: true, storage: true}, {name: v1, served: false, storage: false}]
)";

}  // namespace

TEST_CASE("a version is chosen of what is served, in every dialect") {
  kubeapi::Options options;
  options.discovery =
      GENERATE(kubeapi::Discovery::v2, kubeapi::Discovery::v2beta1, kubeapi::Discovery::plain);
  CAPTURE(static_cast<int>(options.discovery));
  kubeapi::Server server(options);
  server.add(kGatewayCrd);
  server.withdraw("autoscaling/v2");
  Connected connected(server);
  const Discovery discovery = discover(connected.client(), kGroups);
  CHECK(discovery.core_known);
  CHECK(discovery.groups_known);
  CHECK(discovery.errors.empty());
  const auto autoscalers = discovery.choose(kAutoscalers);
  REQUIRE(autoscalers.resource);
  CHECK(autoscalers.resource->version == "v1");
  CHECK(autoscalers.alternatives.empty());
  const auto gateways = discovery.choose(kGateways);
  REQUIRE(gateways.resource);
  CHECK(gateways.resource->version == "v1beta1");
  CHECK(gateways.resource->namespaced);
  CHECK_FALSE(discovery.choose(kNodes).resource->namespaced);
  CHECK(discovery.choose({"nowhere.example", "x", "X", true, {"v1"}}).reading == Reading::absent);
  if (options.discovery != kubeapi::Discovery::plain) CHECK(server.requests().size() == 2);
}

TEST_CASE("an API whose server is down is not absent") {
  kubeapi::Server server;
  server.add(kGatewayCrd);
  server.mark_stale("networking.istio.io/v1beta1");
  Connected connected(server);
  const auto choice = discover(connected.client(), kGroups).choose(kGateways);
  CHECK_FALSE(choice.resource);
  CHECK(choice.reading == Reading::failed);
  REQUIRE(choice.error);
}

TEST_CASE("where discovery is forbidden, only trying tells") {
  kubeapi::Options options;
  options.discovery_allowed = false;
  options.tokens = {{"letmein", {"reader", {}}}};
  kubeapi::Server server(options);
  Connected connected(server);
  const Discovery discovery = discover(connected.client(), kGroups);
  CHECK_FALSE(discovery.groups_known);
  CHECK(discovery.errors.size() == 2);
  const auto choice = discovery.choose(kAutoscalers);
  REQUIRE(choice.resource);
  CHECK(choice.resource->version == "v2");
  REQUIRE(choice.alternatives.size() == 2);
  CHECK(choice.alternatives[1].version == "v1");
}

TEST_CASE("a body of discovery without sense is none, or says nothing") {
  Discovery discovery;
  for (const auto* body : {"", "[]", "{}", "{\"kind\":\"PodList\"}", "{\"kind\":7}"}) {
    CHECK_FALSE(read_discovery(body, discovery));
  }
  CHECK(
      read_discovery(R"({"kind":"APIGroupDiscoveryList","items":[1,{"metadata":2,"versions":[3,)"
                     R"({"version":"v1","resources":[4,{"resource":"../x","verbs":["list"]}]}]}]})",
                     discovery));
  CHECK(discovery.resources.empty());
}
