#include "meshcheck/authorization_decision.h"

#include <string>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlMesh;
using Outcome = Decision::Outcome;

namespace {

std::string workload(const std::string& name_space_labels) {
  return "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {" + name_space_labels +
         R"(}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "example.com/api:1"}]}
)";
}

std::string policy(const std::string& name, const std::string& spec,
                   const std::string& annotations = "") {
  return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: " +
         name + ", namespace: shop, annotations: {" + annotations + "}}\nspec: {" + spec + "}\n";
}

struct Answer {
  Outcome outcome;
  std::string by;
  std::string depends_on;
};

Answer ask(const std::string& policies, const Request& request,
           const std::string& labels = "istio-injection: enabled") {
  const YamlMesh mesh(workload(labels) + policies);
  const Decision decision = decide_request(*mesh, mesh->policy_targets.all().at(0), request);
  Answer answer{decision.outcome, "", ""};
  if (!decision.decided_by) return answer;
  answer.by = decision.decided_by->policy->name;
  for (const std::string& field : decision.decided_by->depends_on) answer.depends_on += field + ' ';
  return answer;
}

const std::string kDenyAdmin =
    policy("deny-admin", "action: DENY, rules: [{to: [{operation: {paths: [\"/admin*\"]}}]}]");
const std::string kAllowCart = policy(
    "allow-cart", "rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}]");

Request request(const char* principal, const char* path) {
  return {.principal = principal, .port = {}, .path = path, .method = {}};
}

}  // namespace

TEST_CASE("a DENY that matches goes before an ALLOW that does") {
  const auto both = kAllowCart + kDenyAdmin;
  CHECK(ask(both, request("cluster.local/ns/shop/sa/cart", "/admin/x")).by == "deny-admin");
  CHECK(ask(both, request("cluster.local/ns/shop/sa/cart", "/pay")).by == "allow-cart");
  CHECK(ask(both, request("cluster.local/ns/shop/sa/web", "/pay")).outcome == Outcome::denied);
}

TEST_CASE("without an ALLOW policy what no DENY matches is allowed; an empty ALLOW refuses it") {
  CHECK(ask(kDenyAdmin, request("", "/pay")).outcome == Outcome::allowed);
  CHECK(ask(policy("none", ""), request("", "/pay")).outcome == Outcome::denied);
}

TEST_CASE("what the request does not tell is named, and decides only where it must") {
  const Answer open = ask(kDenyAdmin, {});
  CHECK(open.outcome == Outcome::unknown);
  CHECK(open.depends_on == "paths ");
  const auto header = policy(
      "by-header",
      "action: DENY, rules: [{when: [{key: \"request.headers[x-debug]\", values: [\"1\"]}]}]");
  CHECK(ask(header, request("", "/")).depends_on == "request.headers[x-debug] ");
  // Nothing can admit it, so the open DENY does not matter.
  CHECK(ask(header + policy("none", ""), request("", "/")).outcome == Outcome::denied);
}

TEST_CASE(
    "a caller without mutual TLS has no identity: positive matches fail, negative ones hold") {
  const auto not_batch =
      policy("not-batch", "rules: [{from: [{source: {notNamespaces: [batch]}}]}]");
  CHECK(ask(kAllowCart, request("", "/")).outcome == Outcome::denied);
  CHECK(ask(not_batch, request("", "/")).outcome == Outcome::allowed);
  CHECK(ask(not_batch, request("cluster.local/ns/batch/sa/x", "/")).outcome == Outcome::denied);
}

TEST_CASE("AUDIT and dry runs are recorded and decide nothing") {
  const auto dry = policy("dry", "action: DENY, rules: [{}]", "istio.io/dry-run: \"true\"");
  const YamlMesh mesh(workload("istio-injection: enabled") + dry +
                      policy("audit", "action: AUDIT, rules: [{}]"));
  const Decision decision = decide_request(*mesh, mesh->policy_targets.all().at(0), {});
  CHECK(decision.outcome == Outcome::allowed);
  CHECK(decision.recorded.size() == 2);
  CHECK(decision.deny.empty());
}

TEST_CASE("ztunnel drops an ALLOW rule on requests and cannot match a DENY on nothing else") {
  const std::string ambient = "istio.io/dataplane-mode: ambient";
  const auto allow_get = policy("get", "rules: [{to: [{operation: {methods: [GET]}}]}]");
  const Request get{.principal = "", .port = {}, .path = "/admin", .method = "GET"};
  CHECK(ask(kDenyAdmin, get, ambient).outcome == Outcome::allowed);
  CHECK(ask(allow_get, get, ambient).outcome == Outcome::denied);
  // Both at once: the connection part alone is enforced.
  const auto mixed = policy(
      "mixed", "action: DENY, rules: [{to: [{operation: {ports: [\"80\"], methods: [POST]}}]}]");
  const Request on_80{.principal = "", .port = "80", .path = {}, .method = "GET"};
  CHECK(ask(mixed, on_80, ambient).outcome == Outcome::denied);
  CHECK(ask(mixed, on_80).outcome == Outcome::allowed);
}

TEST_CASE("a CUSTOM policy that matches leaves the answer to its provider") {
  const auto custom = policy("opa", "action: CUSTOM, provider: {name: opa}, rules: [{}]");
  CHECK(ask(custom, request("", "/")).by == "opa");
  CHECK(ask(custom, request("", "/")).outcome == Outcome::unknown);
  CHECK(ask(custom + kDenyAdmin, request("", "/admin")).outcome == Outcome::denied);
}

TEST_CASE("texts match exactly, by prefix, by suffix, or by being there") {
  CHECK(matches_text("GET", "GET"));
  CHECK_FALSE(matches_text("GET", "GETX"));
  CHECK(matches_text("/api/*", "/api/v1/x"));
  CHECK(matches_text("*/sa/cart", "cluster.local/ns/shop/sa/cart"));
  CHECK(matches_text("*", "x"));
  CHECK_FALSE(matches_text("*", ""));
}

TEST_CASE("a path is compared without its query and its fragment") {
  const auto exact = policy("exact", "rules: [{to: [{operation: {paths: [/exact]}}]}]");
  CHECK(ask(exact, request("", "/exact?q=1")).outcome == Outcome::allowed);
  CHECK(ask(exact, request("", "/exact#top")).outcome == Outcome::allowed);
  CHECK(ask(exact, request("", "/exact/?q=1")).outcome == Outcome::denied);
  CHECK(ask(kDenyAdmin, request("", "/pay?back=/admin")).outcome == Outcome::allowed);
}

TEST_CASE("in a path template {*} is one segment and {**} any number of them") {
  CHECK(matches_path("/foo/{*}", "/foo/bar"));
  CHECK_FALSE(matches_path("/foo/{*}", "/foo/bar/baz"));
  CHECK_FALSE(matches_path("/foo/{*}", "/foo/"));
  CHECK(matches_path("/foo/{*}/baz", "/foo/bar/baz"));
  CHECK(matches_path("/foo/{**}", "/foo/bar/baz"));
  CHECK(matches_path("/{*}/b/{**}/d", "/a/b/c/c/d"));
  CHECK_FALSE(matches_path("/{*}/b/{**}/d", "/a/x/c/d"));
}

TEST_CASE("cluster.local in a policy is the mesh's own trust domain") {
  const std::string config =
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, "
      "namespace: istio-system}\ndata: {mesh: \"trustDomain: corp\"}\n";
  CHECK(ask(kAllowCart + config, request("corp/ns/shop/sa/cart", "/")).outcome == Outcome::allowed);
  CHECK(ask(kAllowCart + config, request("other/ns/shop/sa/cart", "/")).outcome == Outcome::denied);
}

TEST_CASE("an alias is the mesh's own trust domain to Envoy; ztunnel goes by what is written") {
  const std::string config =
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
      "data: {mesh: \"trustDomain: corp\\ntrustDomainAliases: [old]\"}\n";
  const std::string ambient = "istio.io/dataplane-mode: ambient";
  const auto allow_corp =
      policy("corp", "rules: [{from: [{source: {principals: [corp/ns/shop/sa/cart]}}]}]");
  const auto cart = [](const std::string& domain) {
    return Request{.principal = domain + "/ns/shop/sa/cart", .port = {}, .path = {}, .method = {}};
  };
  CHECK(ask(kAllowCart + config, cart("old")).outcome == Outcome::allowed);
  CHECK(ask(allow_corp + config, cart("cluster.local")).outcome == Outcome::allowed);
  CHECK(ask(kAllowCart + config, cart("corp"), ambient).outcome == Outcome::denied);
  CHECK(ask(allow_corp + config, cart("cluster.local"), ambient).outcome == Outcome::allowed);
}

TEST_CASE("ztunnel passes over a DENY of whose operation or condition it sees nothing") {
  const std::string ambient = "istio.io/dataplane-mode: ambient";
  const Request cart{
      .principal = "cluster.local/ns/shop/sa/cart", .port = "8080", .path = "/", .method = "POST"};
  const auto deny = [](const std::string& rule) {
    return policy("deny", "action: DENY, rules: [{" + rule + "}]");
  };
  const std::string from_shop = "from: [{source: {namespaces: [shop]}}]";
  CHECK(ask(deny(from_shop), cart, ambient).outcome == Outcome::denied);
  CHECK(ask(deny(from_shop + ", to: [{operation: {methods: [POST]}}]"), cart, ambient).outcome ==
        Outcome::allowed);
  CHECK(ask(deny(from_shop + ", when: [{key: request.headers[x], values: [y]}]"), cart, ambient)
            .outcome == Outcome::allowed);
  CHECK(
      ask(deny("from: [{source: {requestPrincipals: [\"*\"], namespaces: [shop]}}]"), cart, ambient)
          .outcome == Outcome::denied);
  CHECK(ask(policy("custom", "action: CUSTOM, provider: {name: opa}, rules: [{}]"), cart, ambient)
            .outcome == Outcome::allowed);
}

TEST_CASE("on a port that is declared as no HTTP a DENY gets wider and an ALLOW narrower") {
  const std::string service =
      "---\napiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: shop}\n"
      "spec: {selector: {app: api}, ports: [{name: redis, port: 6379}, {name: http, port: 80, "
      "targetPort: 8080}]}\n";
  const auto allow_get = policy("get", "rules: [{to: [{operation: {methods: [GET]}}]}]");
  const auto on = [](const char* port) {
    return Request{.principal = "", .port = port, .path = "/pay", .method = "GET"};
  };
  CHECK(ask(service + kDenyAdmin, on("6379")).outcome == Outcome::denied);
  CHECK(ask(service + kDenyAdmin, on("8080")).outcome == Outcome::allowed);
  CHECK(ask(service + allow_get, on("6379")).outcome == Outcome::denied);
  CHECK(ask(service + allow_get, on("8080")).outcome == Outcome::allowed);
}

TEST_CASE("STRICT refuses a caller without a certificate before any policy is asked") {
  const std::string strict =
      "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\n"
      "metadata: {name: default, namespace: shop}\nspec: {mtls: {mode: STRICT}}\n";
  const auto allow_all = policy("all", "rules: [{}]");
  CHECK(ask(allow_all, request("", "/")).outcome == Outcome::allowed);
  CHECK(ask(allow_all + strict, request("", "/")).outcome == Outcome::denied);
  CHECK(ask(allow_all + strict, request("cluster.local/ns/shop/sa/cart", "/")).outcome ==
        Outcome::allowed);
}

TEST_CASE("a CUSTOM policy without its provider denies what it matches") {
  const std::string config =
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
      "data: {mesh: \"extensionProviders: [{name: opa, envoyExtAuthzGrpc: {service: opa, port: "
      "9191}}]\"}\n";
  const auto custom = [](const std::string& provider) {
    return policy("ask", "action: CUSTOM, provider: {name: " + provider + "}, rules: [{}]");
  };
  CHECK(ask(custom("opa") + config, request("", "/")).outcome == Outcome::unknown);
  CHECK(ask(custom("gone") + config, request("", "/")).outcome == Outcome::denied);
}
