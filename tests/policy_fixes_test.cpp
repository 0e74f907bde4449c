// What findings about policies and labels offer: a fix must not refuse, or let in, anybody else,
// and has to be for a field that is there.
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/run_in.h"

using namespace meshcheck;
using test::contains;
using Json = nlohmann::json;

namespace {

constexpr const char* kIstiod = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod, sidecar.istio.io/inject: "false"}}
    spec: {containers: [{name: discovery, image: docker.io/istio/pilot:1.30.3}]}
)";

std::string name_space(const std::string& name, const std::string& label) {
  return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + ", labels: {" + label +
         "}}\n";
}

std::string shop() { return name_space("shop", "istio-injection: enabled"); }
std::string ambient() { return name_space("shop", "istio.io/dataplane-mode: ambient"); }

std::string deployment(const std::string& name, const std::string& label = "x: y") {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name +
         ", namespace: shop}\nspec:\n  selector: {matchLabels: {app: " + name +
         "}}\n  template:\n    metadata: {labels: {app: " + name + ", " + label +
         "}}\n    spec: {containers: [{name: app, image: \"app:1\", ports: "
         "[{containerPort: 8080}]}]}\n";
}

std::string policy(const std::string& name_space, const std::string& spec,
                   const std::string& annotations = "{}") {
  return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, "
         "namespace: " +
         name_space + ", annotations: " + annotations + "}\nspec: {" + spec + "}\n";
}

constexpr const char* kWebhook = R"(---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 443, targetPort: 8080}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks: [{name: hook.example.com, clientConfig: {service: {name: web, namespace: shop}}}]
)";

struct Offered {
  std::string message;
  std::string text;
  std::string patch;  // or empty
};

// Of the only finding.
Offered offered(const std::string& rule, const std::string& yaml) {
  const test::TemporaryFolder folder;
  folder.write("mesh.yaml", kIstiod + yaml);
  const auto ran = test::run_in(folder, {"audit", "--select", rule, "-o", "json", "mesh.yaml"});
  const Json report = Json::parse(ran.out);
  INFO(ran.out);
  REQUIRE(report["findings"].size() == 1);
  const Json& finding = report["findings"][0];
  const Json& patch = finding["fix"]["patch"];
  return {finding["message"], finding["fix"]["description"],
          patch.is_string() ? patch.get<std::string>() : ""};
}

const std::string kNoDev = "action: DENY, rules: [{from: [{source: {namespaces: [dev]}}]}]";

}  // namespace

TEST_CASE("whoever comes without a certificate is refused on the policy's own ports only") {
  const Offered all = offered("MC608", shop() + deployment("web") + policy("shop", kNoDev));
  // Two policies of a namespace may need one each.
  CHECK(contains(all.patch, "name: p-requires-mtls"));
  CHECK(contains(all.patch, "notPrincipals: [\"*\"]"));
  CHECK_FALSE(contains(all.patch, "ports:"));
  const std::string on_port =
      "action: DENY, rules: [{from: [{source: {namespaces: [dev]}}], to: [{operation: {ports: "
      "[\"9090\"]}}]}]";
  // The API server calls another port.
  const Offered one =
      offered("MC608", shop() + deployment("web") + kWebhook + policy("shop", on_port));
  CHECK(contains(one.patch, "ports: [\"9090\"]"));
  CHECK(contains(one.text, "but for port 8080 of Deployment web"));
}

TEST_CASE("nobody is refused who has to come without a certificate") {
  const Offered hook =
      offered("MC608", shop() + deployment("web") + kWebhook + policy("shop", kNoDev));
  CHECK(hook.patch.empty());
  CHECK(contains(hook.text, "the API server"));
  const Offered off =
      offered("MC608", shop() + deployment("web") + policy("shop", kNoDev) +
                           "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\n"
                           "metadata: {name: d, namespace: shop}\nspec: {mtls: {mode: DISABLE}}\n");
  CHECK(off.patch.empty());
  // In the whole mesh there are gateways.
  CHECK(
      offered("MC608", shop() + deployment("web") + policy("istio-system", kNoDev)).patch.empty());
}

TEST_CASE("a policy goes to a waypoint without leaving those who enforce it") {
  const std::string admin = "action: DENY, rules: [{to: [{operation: {paths: [\"/admin*\"]}}]}]";
  const Offered moved = offered("MC605", ambient() + deployment("web") + policy("shop", admin));
  CHECK(contains(moved.patch, "name: p\n"));
  CHECK(contains(moved.patch, "kind: Gateway\n"));
  const Offered beside = offered(
      "MC605", ambient() + deployment("web") +
                   deployment("old", "sidecar.istio.io/inject: \"true\"") + policy("shop", admin));
  CHECK(contains(beside.patch, "name: p-waypoint\n"));
  CHECK(contains(beside.patch, "rules: [{to: [{operation: {paths: [\"/admin*\"]}}]}]"));
  const Offered root =
      offered("MC605", ambient() + deployment("web") + policy("istio-system", admin));
  CHECK(contains(root.patch, "name: p-waypoint\n"));
  CHECK(contains(root.patch, "kind: GatewayClass\n      name: istio-waypoint\n"));
  const Offered dry = offered("MC605", ambient() + deployment("web") +
                                           policy("shop", admin, "{istio.io/dry-run: \"true\"}"));
  CHECK(contains(dry.message, "would deny nothing"));
}

TEST_CASE("no dry run is offered where ztunnel has none") {
  const std::string everything = "action: DENY, rules: [{}]";
  CHECK(offered("MC604", ambient() + deployment("web") + policy("shop", everything)).patch.empty());
  CHECK(contains(offered("MC604", shop() + deployment("web") + policy("shop", everything)).patch,
                 "dry-run"));
  const std::string old = deployment("old", "sidecar.istio.io/inject: \"true\"");
  const Offered mixed =
      offered("MC601", ambient() + deployment("web") + old + policy("shop", kNoDev));
  CHECK(mixed.patch.empty());
  CHECK(contains(mixed.text, "ztunnel cannot run p dry"));
  const std::string tokens =
      "---\napiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: j, "
      "namespace: shop}\nspec: {jwtRules: [{issuer: a}]}\n";
  CHECK(offered("MC905", ambient() + deployment("web") + old + tokens).patch.empty());
  CHECK(contains(offered("MC905", shop() + deployment("web") + tokens).patch, "dry-run"));
}

TEST_CASE("a Pod has its labels in metadata, not in a template") {
  const test::TemporaryFolder folder;
  folder.write("pod.yaml",
               std::string(kIstiod) +
                   "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: "
                   "shop, labels: {istio.io/rev: gone}}\nspec: {containers: [{name: app, "
                   "image: \"app:1\"}]}\n");
  const auto ran = test::run_in(folder, {"audit", "--select", "MC303", "-o", "json", "pod.yaml"});
  const Json findings = Json::parse(ran.out)["findings"];
  REQUIRE(findings.size() == 1);
  CHECK(findings[0]["field"] == "metadata.labels[istio.io/rev]");
}
