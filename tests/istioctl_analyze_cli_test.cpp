// Messages of istioctl analyze beside our own findings, as a user sees them.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/analyzer_findings.h"
#include "support/run_in.h"
#include "support/temporary_folder.h"

using namespace meshcheck;
using Json = nlohmann::json;

using test::contains;
using test::Ran;
using test::run_in;

namespace {

constexpr const char* kMesh = R"(apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
    istio.io/rev: prod
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: cart
  namespace: shop
spec:
  hosts: [cart]
  http:
  - route:
    - destination: {host: stock}
)";

std::string message(const std::string& code, const std::string& level, const std::string& text,
                    const std::string& origin, const std::string& reference = {}) {
  Json out = {{"code", code}, {"level", level}, {"message", text}};
  out["documentationUrl"] = "https://istio.io/v1.30/docs/analysis/" + code + "/?ref=istioctl";
  if (!origin.empty()) out["origin"] = origin;
  if (!reference.empty()) out["reference"] = reference;
  return out.dump();
}

const std::string kHost = message("IST0101", "Error", "Referenced host not found: \"stock\"",
                                  "VirtualService shop/cart", "deploy/mesh.yaml:18");
const std::string kLabels = message("IST0123", "Warning", "more than one type of injection labels",
                                    "Namespace shop", "deploy/mesh.yaml:4");

// The mesh, and a file with the messages.
void fill(const test::TemporaryFolder& folder, const std::vector<std::string>& messages) {
  folder.write("deploy/mesh.yaml", kMesh);
  std::string list;
  for (const std::string& one : messages) list += (list.empty() ? "" : ",") + one;
  folder.write("analyze.json", "[\n" + list + "\n]\n");
}

Ran audit(const std::vector<std::string>& messages, std::vector<std::string> more = {}) {
  const test::TemporaryFolder folder;
  fill(folder, messages);
  std::vector<std::string> args = {"audit",       "-o", "concise", "deploy", "--istioctl-analyze",
                                   "analyze.json"};
  args.insert(args.end(), more.begin(), more.end());
  return run_in(folder, args);
}

Json report(const std::vector<std::string>& messages, const char* format = "json") {
  const test::TemporaryFolder folder;
  fill(folder, messages);
  return Json::parse(
      run_in(folder, {"audit", "-o", format, "deploy", "--istioctl-analyze", "analyze.json"}).out);
}

Json find(const Json& findings, const std::string& rule) {
  for (const Json& finding : findings) {
    if (finding.value("rule", "") == rule || finding.value("ruleId", "") == rule) return finding;
  }
  return {};
}

}  // namespace

TEST_CASE("a message is a finding of its code, at the line it refers to, and decides the status") {
  const Ran run = audit({kHost}, {"--select", "IST"});
  CHECK(run.status == 1);
  CHECK(run.out ==
        "deploy/mesh.yaml:18:5: error: Referenced host not found: \"stock\" [IST0101]\n");
  CHECK(run.err.empty());
  CHECK(audit({message("IST0102", "Info", "not enabled", "Namespace shop")}, {"--select", "IST"})
            .status == 0);
}

TEST_CASE("JSON and SARIF tell it with its object, its page and the text of its line") {
  const Json json = find(report({kHost})["findings"], "IST0101");
  CHECK(json["name"] == "istioctl-analyze");
  CHECK(json["severity"] == "error");
  CHECK(json["object"]["kind"] == "VirtualService");
  CHECK(json["object"]["namespace"] == "shop");
  CHECK(json["object"]["name"] == "cart");
  CHECK(json["fingerprint"].get<std::string>().size() == 16);
  const Json run = report({kHost}, "sarif")["runs"][0];
  const Json result = find(run["results"], "IST0101");
  const Json rule = run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()];
  CHECK(rule["id"] == "IST0101");
  CHECK(rule["helpUri"] == "https://istio.io/v1.30/docs/analysis/IST0101/");
  const Json region = result["locations"][0]["physicalLocation"]["region"];
  CHECK(region["snippet"]["text"] == "- destination: {host: stock}");
}

TEST_CASE("points are of our rules alone") {
  for (const auto whole = report({kHost}); const Json& point : whole["points"]) {
    if (point["point"] != 3) CHECK(point["errors"] == 0);
  }
}

TEST_CASE("what both found is one finding, ours") {
  const Json findings = report({kLabels})["findings"];
  CHECK(find(findings, "IST0123").is_null());
  const Json ours = find(findings, "MC306");
  REQUIRE(!ours.is_null());
  CHECK(ours["related"].back()["rule"] == "IST0123");
  // Alone it stands alone.
  CHECK(contains(audit({kLabels}, {"--ignore", "MC306"}).out, "[IST0123]"));
}

TEST_CASE("codes are selected, ignored and weighed as rules are") {
  CHECK(!contains(audit({kHost}, {"--ignore", "IST0101"}).out, "IST0101"));
  CHECK(!contains(audit({kHost}, {"--ignore", "IST01"}).out, "IST0101"));
  CHECK(!contains(audit({kHost}, {"--ignore", "istioctl-analyze"}).out, "IST0101"));
  CHECK(!contains(audit({kHost}, {"--select", "MC"}).out, "IST0101"));
  CHECK(contains(audit({kHost}, {"--select", "MC", "--extend-select", "IST0101"}).out, "IST0101"));
  CHECK(audit({kHost}, {"--ignore", "IST01x"}).status == 2);
  // Nothing would be left to run.
  const test::TemporaryFolder folder;
  folder.write("mesh.yaml", kMesh);
  const Ran none = run_in(folder, {"audit", "--select", "IST", "mesh.yaml"});
  CHECK(none.status == 2);
  CHECK(contains(none.err, "--istioctl-analyze"));
}

TEST_CASE("the configuration takes codes where it takes rules") {
  const test::TemporaryFolder folder;
  fill(folder, {kHost});
  folder.write("meshcheck.yaml",
               "version: 1\nselect: [IST]\nseverities: {IST0101: info}\n"
               "overrides: [{path: 'other/**', ignore: [IST0101]}]\n");
  const std::vector<std::string> args = {
      "audit", "-o", "concise", "deploy", "--istioctl-analyze", "analyze.json"};
  const Ran run = run_in(folder, args);
  CHECK(run.err.empty());
  CHECK(run.status == 0);
  CHECK(contains(run.out, "info: Referenced host"));
  folder.write("meshcheck.yaml",
               "version: 1\nselect: [IST]\noverrides: [{path: 'deploy/**', ignore: [IST0101]}]\n");
  CHECK(run_in(folder, args).out.empty());
}

TEST_CASE("a message without a file is placed at its object, or nowhere where that is not here") {
  const Ran run = audit({message("IST0102", "Error", "not enabled", "Namespace shop"),
                         message("IST0102", "Error", "not enabled", "Namespace bank"),
                         message("IST0126", "Error", "unknown registry", "")},
                        {"--select", "IST"});
  CHECK(contains(run.out, "deploy/mesh.yaml:4:9: error: not enabled [IST0102]\n"));
  CHECK(contains(run.out, "Namespace/bank: error: not enabled [IST0102]\n"));
  CHECK(contains(run.out, "analyze.json:2:"));
}

TEST_CASE("istioctl may have run in another folder; a line that is gone is the object's") {
  const std::string host = "Referenced host not found: \"stock\"";
  for (const char* reference :
       {"mesh.yaml:18", "repo/deploy/mesh.yaml:18", "./deploy/mesh.yaml:18"}) {
    INFO(reference);
    CHECK(contains(
        audit({message("IST0101", "Error", host, "VirtualService shop/cart", reference)}).out,
        "deploy/mesh.yaml:18:5: error"));
  }
  CHECK(contains(
      audit({message("IST0101", "Error", host, "VirtualService shop/cart", "deploy/mesh.yaml:180")})
          .out,
      "deploy/mesh.yaml:12:9: error"));
  CHECK(
      contains(audit({message("IST0101", "Error", host, "VirtualService shop/x", "x.yaml:7")}).out,
               "x.yaml:7: error"));
}

TEST_CASE("the same message twice is one, two of one object and code are two") {
  const std::string other = message("IST0101", "Error", "Referenced host not found: \"till\"",
                                    "VirtualService shop/cart", "deploy/mesh.yaml:18");
  const Json findings = report({kHost, kHost, other})["findings"];
  std::vector<std::string> prints;
  for (const Json& finding : findings) {
    if (finding["rule"] == "IST0101") prints.push_back(finding["fingerprint"]);
  }
  REQUIRE(prints.size() == 2);
  CHECK(prints[0] != prints[1]);
}

TEST_CASE("it stands for itself, and may come from the standard input") {
  const test::TemporaryFolder folder;
  const Ran run =
      run_in(folder, {"audit", "-o", "concise", "--istioctl-analyze", "-"},
             "Error [IST0101] (Gateway shop/edge edge.yaml:3) Referenced selector not found\n");
  CHECK(run.status == 1);
  CHECK(run.out == "edge.yaml:3: error: Referenced selector not found [IST0101]\n");
  CHECK(run_in(folder, {"audit", "--istioctl-analyze", "-"}, "[]").status == 0);
  const Ran empty = run_in(folder, {"audit", "--istioctl-analyze", "-"}, "");
  CHECK(empty.status == 3);
  CHECK(contains(empty.err, "is empty"));
}

TEST_CASE("explain says what little we know of a code") {
  const test::TemporaryFolder folder;
  const Ran run = run_in(folder, {"explain", "ist0123"});
  CHECK(run.status == 0);
  CHECK(contains(run.out, "several injection labels"));
  CHECK(contains(run.out, "/analysis/ist0123/"));
}

TEST_CASE("an origin names the object as any version of istioctl wrote it") {
  CHECK(cli::parse_origin("VirtualService shop/web").name_space == "shop");
  CHECK(cli::parse_origin("VirtualService web.shop").name == "web");
  CHECK(cli::parse_origin("VirtualService web.shop").name_space == "shop");
  const ObjectRef webhook = cli::parse_origin("MutatingWebhookConfiguration a.b.c");
  CHECK(webhook.name == "a.b.c");
  CHECK(webhook.name_space.empty());
  CHECK(cli::parse_origin("Namespace shop").name == "shop");
  CHECK(cli::parse_origin("").kind.empty());
}
