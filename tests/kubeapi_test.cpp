// The API server of the tests, held to what Kubernetes' documentation says of the wire.
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

constexpr const char* kObjects = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart, tier: back}}
spec: {nodeName: n1}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: shop, labels: {app: job}}
status: {phase: Succeeded}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: front, labels: {app: web, tier: front}}
status: {phase: Running}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: routes, namespace: shop}
spec: {hosts: [cart]}
)";

struct Cluster {
  explicit Cluster(Options options = {}) : server(std::move(options)) { server.add(kObjects); }

  RawAnswer get(std::string_view target, std::string_view token = "letmein",
                std::string_view header_lines = {}) {
    return RawClient(server.port(), server.ca_pem()).get(target, token, header_lines);
  }
  Json json(std::string_view target, std::string_view header_lines = {}) {
    return Json::parse(get(target, "letmein", header_lines).body);
  }
  std::vector<std::string> names(std::string_view target) {
    std::vector<std::string> all;
    const Json list = json(target);
    for (const Json& item : list.at("items")) all.push_back(item["metadata"]["name"]);
    return all;
  }

  Server server;
};

using Names = std::vector<std::string>;

std::string escaped(const std::string& token) {
  std::string out;
  for (const char c : token) {
    if (c == '+')
      out += "%2B";
    else if (c == '/')
      out += "%2F";
    else if (c == '=')
      out += "%3D";
    else
      out += c;
  }
  return out;
}

}  // namespace

TEST_CASE("lists carry their kind, and items of built-in kinds none") {
  Cluster cluster;
  const Json pods = cluster.json("/api/v1/pods");
  CHECK(pods["kind"] == "PodList");
  CHECK(pods["items"].size() == 3);
  CHECK_FALSE(pods["items"][0].contains("kind"));
  CHECK(pods["items"][0]["metadata"]["uid"].is_string());
  const Json routes = cluster.json("/apis/networking.istio.io/v1/namespaces/shop/virtualservices");
  CHECK(routes["items"][0]["kind"] == "VirtualService");
  CHECK(cluster.json("/api/v1/namespaces/shop/pods/cart")["kind"] == "Pod");
}

TEST_CASE("what is not there is answered in the three ways of the API server") {
  Cluster cluster;
  CHECK(cluster.get("/apis/security.istio.io/v1/peerauthentications").body ==
        "404 page not found\n");
  CHECK(cluster.json("/apis/networking.istio.io/v1/sidecars")["reason"] == "NotFound");
  CHECK(cluster.json("/api/v1/namespaces/shop/pods/none")["message"] == "pods \"none\" not found");
  CHECK(cluster.json("/apis/networking.istio.io/v1/namespaces/shop/virtualservices/x")["message"] ==
        "virtualservices.networking.istio.io \"x\" not found");
}

TEST_CASE("pages show the state of the first one, and their tokens are of this query alone") {
  Cluster cluster;
  const Json first = cluster.json("/api/v1/pods?limit=1");
  CHECK(first["metadata"]["remainingItemCount"] == 2);
  const std::string token = first["metadata"]["continue"];
  CHECK(token.find_first_of("+/=") != std::string::npos);
  cluster.server.remove("Pod", "shop", "cart");
  const Json second = cluster.json("/api/v1/pods?limit=5&continue=" + escaped(token));
  CHECK(second["items"].size() == 2);
  CHECK(second["items"][0]["metadata"]["name"] == "cart");
  CHECK_FALSE(second["metadata"].contains("continue"));
  CHECK(cluster.get("/api/v1/pods?continue=" + token).status == 400);  // not escaped
  CHECK(cluster.get("/api/v1/pods?labelSelector=a&continue=" + escaped(token)).status == 400);
  CHECK(cluster.get("/api/v1/pods?resourceVersion=0&continue=" + escaped(token)).status == 400);
  CHECK(cluster.names("/api/v1/pods?limit=1&resourceVersion=0").size() == 2);
}

TEST_CASE("an expired token comes with one that continues from now") {
  Cluster cluster;
  const std::string token = cluster.json("/api/v1/pods?limit=1")["metadata"]["continue"];
  cluster.server.add(Fault{.path = "*continue=*", .kind = FaultKind::expired});
  cluster.server.remove("Pod", "shop", "cart");
  const std::string target = "/api/v1/pods?limit=5&continue=";
  const RawAnswer gone = cluster.get(target + escaped(token));
  CHECK(gone.status == 410);
  const Json status = Json::parse(gone.body);
  CHECK(status["reason"] == "Expired");
  const std::string from_now = status["metadata"]["continue"];
  CHECK(cluster.names(target + escaped(from_now)) == Names{"done"});
}

TEST_CASE("selectors choose as the API server's do") {
  Cluster cluster;
  const std::string pods = "/api/v1/pods?";
  CHECK(cluster.names(pods + "labelSelector=app%3Dcart") == Names{"cart"});
  CHECK(cluster.names(pods + "labelSelector=app+in+(cart,web),tier!%3Dback") == Names{"web"});
  CHECK(cluster.names(pods + "labelSelector=!tier") == Names{"done"});
  CHECK(cluster.names(pods + "fieldSelector=status.phase!%3DSucceeded,status.phase!%3DFailed") ==
        Names{"web", "cart"});
  CHECK_FALSE(
      cluster.json(pods + "limit=1&labelSelector=app")["metadata"].contains("remainingItemCount"));
  CHECK(cluster.json(pods + "fieldSelector=spec.color%3Dred")["message"] ==
        "field label not supported: spec.color");
}

TEST_CASE("metadata alone is answered where it is asked for first") {
  Cluster cluster;
  const std::string only =
      "Accept: application/json;as=PartialObjectMetadataList;"
      "g=meta.k8s.io;v=v1,application/json\r\n";
  const Json pods = cluster.json("/api/v1/pods", only);
  CHECK(pods["kind"] == "PartialObjectMetadataList");
  CHECK(pods["items"][0]["kind"] == "PartialObjectMetadata");
  CHECK_FALSE(pods["items"][0].contains("spec"));
  CHECK(cluster.get("/api/v1/pods", "letmein", "Accept: text/html\r\n").status == 406);
}

TEST_CASE("discovery speaks three dialects") {
  const std::string both =
      "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/"
      "json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json\r\n";
  const auto api_version = [&](Discovery dialect) {
    Options options;
    options.discovery = dialect;
    Cluster cluster(options);
    cluster.server.mark_stale("networking.istio.io/v1");
    return cluster.json("/apis", both);
  };
  const Json v2 = api_version(Discovery::v2);
  CHECK(v2["apiVersion"] == "apidiscovery.k8s.io/v2");
  bool stale = false;
  for (const Json& group : v2["items"]) {
    if (group["metadata"]["name"] == "networking.istio.io") {
      stale = group["versions"][0]["freshness"] == "Stale";
    }
  }
  CHECK(stale);
  CHECK(api_version(Discovery::v2beta1)["apiVersion"] == "apidiscovery.k8s.io/v2beta1");
  CHECK(api_version(Discovery::plain)["kind"] == "APIGroupList");
}

TEST_CASE("a definition serves its kind in Kubernetes' order of versions") {
  Cluster cluster;
  cluster.server.add(R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: destinationrules.networking.istio.io}
spec:
  group: networking.istio.io
  scope: Namespaced
  names: {kind: DestinationRule, plural: destinationrules, shortNames: [dr]}
  versions:
  - {name: v1alpha3, served: true, storage: false}
  - {name: v1, served: true, storage: true}
  - {name: v1beta1, served: false, storage: false}
)");
  const Json group = cluster.json("/apis/networking.istio.io");
  CHECK(group["preferredVersion"]["version"] == "v1");
  CHECK(group["versions"].size() == 2);
  CHECK(cluster.get("/apis/networking.istio.io/v1alpha3/destinationrules").status == 200);
  CHECK(cluster.get("/apis/networking.istio.io/v1beta1/destinationrules").status == 404);
  cluster.server.withdraw("networking.istio.io/v1alpha3");
  CHECK(cluster.get("/apis/networking.istio.io/v1alpha3/destinationrules").status == 404);
}

TEST_CASE("who is not known is refused, and who may not is told what") {
  Cluster cluster;
  CHECK(cluster.get("/api/v1/pods", "").status == 401);
  CHECK(cluster.get("/api/v1/pods", "wrong").status == 401);
  cluster.server.set_tokens({{"r", {"reader", {}}}});
  CHECK(cluster.get("/api/v1/pods").status == 401);
  cluster.server.enforce(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods], verbs: [list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: maps, namespace: shop}
rules:
- {apiGroups: [""], resources: [configmaps], resourceNames: [istio], verbs: [get]}
)");
  CHECK(cluster.get("/api/v1/pods", "r").status == 200);
  CHECK(cluster.get("/api/v1/namespaces/shop/pods/cart", "r").status == 403);
  CHECK(cluster.get("/api/v1/namespaces/shop/configmaps/istio", "r").status == 404);
  CHECK(cluster.get("/api/v1/namespaces/front/configmaps/istio", "r").status == 403);
  CHECK(cluster.get("/apis", "r").status == 200);
  CHECK(Json::parse(cluster.get("/api/v1/secrets", "r").body)["message"] ==
        "secrets is forbidden: User \"reader\" cannot list resource \"secrets\" in API group \"\" "
        "at the cluster scope");
  CHECK(cluster.get("/api/v1/pods", "r", "Impersonate-User: boss\r\n").status == 403);
}

TEST_CASE("the log tells who asked, and no token") {
  Cluster cluster;
  RawClient client(cluster.server.port(), cluster.server.ca_pem(),
                   cluster.server.identity({"jane", {"devs"}}));
  client.get("/api/v1/pods?limit=1", "");
  client.get("/version", "letmein", "Impersonate-User: boss\r\nImpersonate-Group: owners\r\n");
  const std::vector<Request> requests = cluster.server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].certificate_name == "jane");
  CHECK(requests[0].user == "jane");
  CHECK(requests[0].query == "limit=1");
  CHECK(requests[0].status == 200);
  CHECK(requests[0].authorization_sha256.empty());
  CHECK(requests[1].user == "boss");
  CHECK(requests[1].connection == requests[0].connection);
  CHECK(requests[1].authorization_sha256 == bearer_sha256("letmein"));
  for (const auto& [name, value] : requests[1].headers) CHECK_FALSE(contains(value, "letmein"));
}

TEST_CASE("certificates that do not hold are refused where the test says") {
  Cluster cluster;
  const auto with = [](Cluster& of, const Identity& identity) {
    return RawClient(of.server.port(), of.server.ca_pem(), identity).get("/api/v1/pods", "").status;
  };
  CHECK(with(cluster, cluster.server.foreign_identity({"eve", {}})) == 401);
  CHECK(with(cluster, cluster.server.identity({"old", {}}, -1)) == 401);
  Options strict;
  strict.refuse_in_handshake = true;
  strict.tls = Tls::only_1_2;
  Cluster proxied(strict);
  CHECK(with(proxied, proxied.server.identity({"jane", {}})) == 200);
  CHECK(with(proxied, proxied.server.foreign_identity({"eve", {}})) == 0);
}

TEST_CASE("a server may show a certificate that no client takes") {
  for (const Certificate kind :
       {Certificate::expired, Certificate::other_name, Certificate::foreign}) {
    Options options;
    options.certificate = kind;
    const Server server(options);
    CHECK_FALSE(RawClient(server.port(), server.ca_pem()).connected());
  }
  Options options;
  options.tls = Tls::only_1_1;
  const Server old(options);
  CHECK_FALSE(RawClient(old.port(), old.ca_pem()).connected());
  options.tls = Tls::none;
  const Server plain(options);
  CHECK(RawClient(plain.port(), {}).get("/version").status == 200);
}

TEST_CASE("long answers are compressed for who asks") {
  Cluster cluster;
  cluster.server.add(SyntheticPods{.count = 40});
  const RawAnswer plain = cluster.get("/api/v1/pods");
  const RawAnswer zipped = cluster.get("/api/v1/pods", "letmein", "Accept-Encoding: gzip\r\n");
  CHECK(plain.body.size() > 40 * 17'000);
  CHECK(plain.body.size() < 40 * 20'000);
  CHECK(contains(zipped.head, "Content-Encoding: gzip"));
  CHECK(zipped.whole);
  CHECK(zipped.body.size() < plain.body.size() / 4);
  CHECK(Json::parse(plain.body)["items"].size() == 43);
  CHECK(cluster.names("/api/v1/namespaces/load-001/pods") ==
        Names{"app-001-5d8f6c7b9c-000001", "app-021-5d8f6c7b9c-000021"});
}
