// What is kept of a cluster's objects, and the archive that a snapshot lies in.
#include <regex>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "live/archive.h"
#include "live/compact.h"
#include "live/snapshot.h"
#include "support/contains.h"

using meshcheck::live::append_object;
using meshcheck::live::ArchivedFile;
using meshcheck::live::read_archive;
using meshcheck::live::read_snapshot;
using meshcheck::live::Snapshot;
using meshcheck::live::write_archive;
using meshcheck::live::write_snapshot;
using meshcheck::test::contains;
using Json = nlohmann::json;

namespace {

Json kept(const std::string& object, const char* api_version, const char* kind) {
  std::string line;
  REQUIRE(append_object(object, api_version, kind, line));
  REQUIRE(line.ends_with('\n'));
  return Json::parse(line);
}

Snapshot small() {
  Snapshot snapshot;
  snapshot.taken = "2026-11-22T10:00:00Z";
  auto& cluster = snapshot.clusters.emplace_back();
  cluster.name = "prod";
  cluster.lists.push_back({.group = "apps",
                           .resource = "deployments",
                           .kind = "Deployment",
                           .version = "v1",
                           .count = 1,
                           .text = "{}\n"});
  const std::string pod(200, 'p');
  cluster.answers.push_back({.name_space = "istio-system",
                             .pod = pod,
                             .revision = "default",
                             .path = "/version",
                             .problem = "nobody answers"});
  cluster.answers.push_back({.name_space = "istio-system",
                             .pod = pod,
                             .revision = "default",
                             .path = "/debug/syncz",
                             .at = 7,
                             .text = "[]"});
  return snapshot;
}

}  // namespace

TEST_CASE("a snapshot that lost objects is refused: they would pass for what the cluster lacks") {
  Snapshot snapshot = small();
  CHECK(read_snapshot(write_snapshot(snapshot)));
  snapshot.clusters[0].lists[0].count = 2;
  const auto read = read_snapshot(write_snapshot(snapshot));
  REQUIRE_FALSE(read);
  CHECK(contains(read.error().message, "deployments.apps.jsonl should hold 2 objects"));
}

TEST_CASE("of a pod only what rules read is kept, and nothing that may be secret") {
  const Json pod = kept(R"({"metadata": {"name": "web-1", "namespace": "shop", "uid": "u",
      "managedFields": [{"operation": "Update"}],
      "annotations": {"sidecar.istio.io/inject": "true", "vault/token": "hushed",
                      "sidecar.istio.io/status": "{\"revision\":\"1-30\",\"volumes\":[\"hushed\"]}"}},
    "spec": {"volumes": [{"name": "v"}], "containers": [
      {"name": "web", "image": "web:1", "args": ["--password=hushed"],
       "env": [{"name": "TOKEN", "value": "hushed"}, {"name": "PILOT_TOKEN", "value": "hushed"}],
       "readinessProbe": {"httpGet": {"port": 80, "httpHeaders": [{"name": "a", "value": "hushed"}]},
                          "periodSeconds": 3}},
      {"name": "istio-proxy", "image": "proxyv2:1", "args": ["proxy", "sidecar"],
       "env": [{"name": "ISTIO_META_X", "value": "shown"}, {"name": "SECRET", "value": "hushed"}]}]},
    "status": {"phase": "Running", "hostIP": "10.0.0.1", "containerStatuses": [
      {"name": "web", "restartCount": 3, "state": {"running": {}},
       "lastState": {"terminated": {"reason": "OOMKilled", "message": "hushed"}}}]}})",
                        "v1", "Pod");
  CHECK_FALSE(contains(pod.dump(), "hushed"));
  CHECK(pod == Json::parse(R"({"apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "shop", "uid": "u",
                 "annotations": {"sidecar.istio.io/inject": "true",
                                 "sidecar.istio.io/status": "{\"revision\":\"1-30\"}"}},
    "spec": {"containers": [
      {"name": "web", "image": "web:1", "env": [{"name": "TOKEN"}, {"name": "PILOT_TOKEN"}],
       "readinessProbe": {"httpGet": {"port": 80}}},
      {"name": "istio-proxy", "image": "proxyv2:1", "args": ["proxy", "sidecar"],
       "env": [{"name": "ISTIO_META_X", "value": "shown"}, {"name": "SECRET"}]}]},
    "status": {"phase": "Running", "containerStatuses": [
      {"name": "web", "restartCount": 3, "state": {},
       "lastState": {"terminated": {"reason": "OOMKilled"}}}]}})"));
}

namespace {

// With each value that was not kept as X.
Json without_marks(const Json& value) {
  return Json::parse(
      std::regex_replace(value.dump(), std::regex("\\(not kept [0-9a-f]{8}\\)"), "X"));
}

}  // namespace

TEST_CASE("of Istio's configuration no credential is kept, and what rules read of it is") {
  const Json route = kept(R"({"metadata": {"name": "r"}, "spec": {"hosts": ["a"], "http": [
      {"match": [{"headers": {"end-user": {"exact": "jason"}}}],
       "headers": {"request": {"set": {"authorization": "hushed"}, "remove": ["x"]}}}]}})",
                          "networking.istio.io/v1", "VirtualService");
  CHECK(without_marks(route["spec"]["http"]) == Json::parse(R"([
      {"match": [{"headers": {"end-user": {"exact": "jason"}}}],
       "headers": {"request": {"set": {"authorization": "X"}, "remove": ["x"]}}}])"));
  const Json http = kept(R"({"metadata": {"name": "h"}, "spec": {"rules": [{"filters": [
      {"requestHeaderModifier": {"set": [{"name": "authorization", "value": "hushed"}]}}]}]}})",
                         "gateway.networking.k8s.io/v1", "HTTPRoute");
  CHECK_FALSE(contains(http.dump(), "hushed"));
  CHECK(contains(http.dump(), "authorization"));
  const Json policy =
      kept(R"({"metadata": {"name": "p"}, "spec": {"action": "ALLOW", "rules": [{"when": [
      {"key": "request.headers[x-api-key]", "values": ["hushed", "*"]},
      {"key": "source.namespace", "values": ["shop"]}]}]}})",
           "security.istio.io/v1", "AuthorizationPolicy");
  CHECK(without_marks(policy["spec"]["rules"][0]["when"]) == Json::parse(R"([
      {"key": "request.headers[x-api-key]", "values": ["X", "*"]},
      {"key": "source.namespace", "values": ["shop"]}])"));
  const Json jwt = kept(R"({"metadata": {"name": "j"}, "spec": {"jwtRules": [
      {"issuer": "i", "jwksUri": "https://jane:hushed@idp.example/keys?a=b@c"}]}})",
                        "security.istio.io/v1", "RequestAuthentication");
  CHECK(jwt["spec"]["jwtRules"][0]["jwksUri"] == "https://idp.example/keys?a=b@c");
  const Json wasm = kept(R"({"metadata": {"name": "w"}, "spec": {"url": "oci://a/b:1",
      "phase": "AUTHN", "pluginConfig": {"client_secret": "hushed"}}})",
                         "extensions.istio.io/v1alpha1", "WasmPlugin");
  CHECK(wasm["spec"] == Json::parse(R"({"url": "oci://a/b:1", "phase": "AUTHN"})"));
  const Json filter = kept(R"({"metadata": {"name": "f"}, "spec": {"priority": 1, "configPatches": [
      {"applyTo": "HTTP_FILTER", "patch": {"operation": "INSERT_BEFORE", "value": {"typed_config":
      {"inlineCode": "-- hushed"}}}}]}})",
                           "networking.istio.io/v1alpha3", "EnvoyFilter");
  CHECK_FALSE(contains(filter.dump(), "hushed"));
  CHECK(contains(filter.dump(), "INSERT_BEFORE"));
}

TEST_CASE("of a mesh configuration no credential is kept, and it is the same otherwise") {
  const std::string mesh =
      "accessLogFile: /dev/stdout\nextensionProviders:\n- name: otel\n  opentelemetry:\n"
      "    http: {path: /x, headers: [{name: Authorization, value: hushed}]}\n"
      "- name: step\n  lightstep: {service: s, accessToken: hushed}\n";
  const auto data = [](const std::string& text) {
    const Json map = {{"metadata", {{"name", "istio"}}}, {"data", {{"mesh", text}}}};
    return kept(map.dump(), "v1", "ConfigMap")["data"]["mesh"].get<std::string>();
  };
  CHECK(Json::parse(data(mesh)) == Json::parse(R"({"accessLogFile": "/dev/stdout",
    "extensionProviders": [
      {"name": "otel", "opentelemetry": {"http": {"path": "/x", "headers": [{"name": "Authorization"}]}}},
      {"name": "step", "lightstep": {"service": "s"}}]})"));
  const std::string harmless = "accessLogFile: /dev/stdout\n# of the mesh\ntrustDomain: a.b\n";
  CHECK(data(harmless) == harmless);
  // What cannot be looked into is not kept, and stays what it was: no YAML.
  CHECK(data("accessToken: hushed\n  x: [\n") == ": not kept");
}

TEST_CASE("headers are kept by name wherever they stand") {
  const Json route = kept(R"({"metadata": {"name": "r"}, "spec": {"http": [{"match": [
      {"headers": {"x-api-key": {"exact": "hushed"}, "end-user": {"exact": "jason"}}}]}]}})",
                          "networking.istio.io/v1", "VirtualService");
  CHECK_FALSE(contains(route.dump(), "hushed"));
  CHECK(contains(route.dump(), R"("end-user":{"exact":"jason"})"));
  const Json filter =
      kept(R"({"metadata": {"name": "f"}, "spec": {"configPatches": [{"patch": {"value":
      {"request_headers_to_add": [{"header": {"key": "authorization", "value": "Bearer hushed"}}]}}}]}})",
           "networking.istio.io/v1alpha3", "EnvoyFilter");
  CHECK_FALSE(contains(filter.dump(), "hushed"));
  CHECK(contains(filter.dump(), "authorization"));
  const Json pod = kept(R"({"metadata": {"name": "p", "annotations": {
      "proxy.istio.io/config": "tracing:\n  lightstep: {accessToken: hushed}\n  sampling: 1\n"}},
    "spec": {"containers": [{"name": "istio-proxy", "image": "proxyv2:1", "env": [
      {"name": "PROXY_CONFIG", "value": "{\"tracing\":{\"lightstep\":{\"accessToken\":\"hushed\"}}}"}]}]}})",
                        "v1", "Pod");
  CHECK_FALSE(contains(pod.dump(), "hushed"));
  CHECK(contains(pod.dump(), "sampling"));
  const std::string mesh =
      "extensionProviders:\n- name: a\n  opentelemetry:\n    http:\n      headers:\n"
      "      - {name: Authorization, value: hushed}\n      - {name: B, envName: X}\n"
      "    grpc: {initialMetadata: [{name: k, value: hushed}]}\n"
      "- name: b\n  envoyExtAuthzHttp: {includeAdditionalHeadersInCheck: {authorization: "
      "hushed}}\n";
  const Json map = {{"metadata", {{"name", "istio"}}}, {"data", {{"mesh", mesh}}}};
  const std::string data = kept(map.dump(), "v1", "ConfigMap")["data"]["mesh"];
  CHECK_FALSE(contains(data, "hushed"));
  CHECK(contains(data, R"({"name":"B","envName":"X"})"));
}

TEST_CASE("a template that is no YAML yet keeps its keys and its markup alone") {
  const auto config = [](const std::string& lines) {
    const Json map = {{"metadata", {{"name", "istio-sidecar-injector"}}},
                      {"data",
                       {{"config", "templates:\n  own: |\n    {{ if .x }}\n" + lines +
                                       "    resources: {}\n    {{ end }}\n"}}}};
    return kept(map.dump(), "v1", "ConfigMap")["data"]["config"].get<std::string>();
  };
  for (const char* lines : {
           "    - name: TOKEN\n      value: hushed\n",
           "    - {name: TOKEN, value: hushed}\n",
           "    - value: hushed\n      name: TOKEN\n",
           "    - name: PEM\n      value: |\n        hushed\n",
           "    \"accessToken\": hushed\n",
           "    tracing: {lightstep: {accessToken: hushed}}\n",
           "    password: >-\n      hushed\n",
           "    # https://jane:hushed@a.b\n",
           "    - name: TOKEN\n      value: {{ .x }}hushed\n",
       }) {
    CAPTURE(lines);
    const std::string data = config(std::string("    accessToken: x\n") + lines);
    CHECK_FALSE(contains(data, "hushed"));
    CHECK(contains(data, "resources: {}"));
    CHECK(contains(data, "{{ if .x }}"));
  }
  CHECK(contains(config("    accessToken: x\n    image: {{ .image }}\n"), "image: {{ .image }}"));
}

TEST_CASE("texts are written anew only where something goes, and do not grow") {
  const auto annotated = [](const std::string& name, const std::string& text) {
    const Json object = {{"metadata", {{"name", "shop"}, {"annotations", {{name, text}}}}}};
    const Json written = kept(object.dump(), "v1", "Namespace");
    return written["metadata"]["annotations"][name].get<std::string>();
  };
  const std::string lines = "header" + std::string(40, '\n') + "x";
  CHECK(annotated("meshcheck/ignore-reason", lines) == lines);
  CHECK(annotated("proxy.istio.io/config", lines) == lines);
  const std::string harmless = "tracing:  # of the header\n  sampling: 1\n";
  CHECK(annotated("proxy.istio.io/config", harmless) == harmless);
  CHECK(contains(annotated("proxy.istio.io/config", "tracing: {lightstep: {accessToken: hushed}}"),
                 "lightstep"));
  CHECK_FALSE(contains(
      annotated("proxy.istio.io/config", "tracing: {lightstep: {accessToken: hushed}}"), "hushed"));
  std::string nested = "accessToken: hushed";
  for (int i = 0; i < 60; ++i)
    nested = "a: |\n  " + std::regex_replace(nested, std::regex("\n"), "\n  ");
  const std::string deep = annotated("proxy.istio.io/config", nested);
  CHECK_FALSE(contains(deep, "hushed"));
  CHECK(deep.size() < 4 * nested.size());
}

TEST_CASE("what repeats a pod's annotations is not kept, and a scaler's triggers are") {
  const Json pod = kept(R"({"metadata": {"name": "p"}, "spec": {"containers": [
      {"name": "istio-proxy", "image": "p:1", "env": [
        {"name": "ISTIO_METAJSON_ANNOTATIONS", "value": "{\"vault/token\":\"hushed\"}"}]}]}})",
                        "v1", "Pod");
  CHECK_FALSE(contains(pod.dump(), "hushed"));
  const Json scaler = kept(R"({"metadata": {"name": "s", "annotations":
      {"autoscaling.keda.sh/paused-replicas": "1"}}, "spec": {"triggers": [
      {"type": "cpu", "metadata": {"type": "Utilization", "value": "60"}}]}})",
                           "keda.sh/v1alpha1", "ScaledObject");
  CHECK(scaler["metadata"]["annotations"]["autoscaling.keda.sh/paused-replicas"] == "1");
  CHECK(scaler["spec"]["triggers"] ==
        Json::parse(R"([{"type": "cpu", "metadata": {"type": "Utilization", "value": "60"}}])"));
}

TEST_CASE("Envoy's and a route's other spellings of headers are known") {
  const Json route = kept(R"({"metadata": {"name": "r"}, "spec": {"http": [{"match": [
      {"withoutHeaders": {"x-api-key": {"exact": "hushed"}}}]}]}})",
                          "networking.istio.io/v1", "VirtualService");
  CHECK_FALSE(contains(route.dump(), "hushed"));
  const Json filter =
      kept(R"({"metadata": {"name": "f"}, "spec": {"configPatches": [{"patch": {"value": [
      {"header": {"key": "authorization", "raw_value": "hushed"}},
      {"header": {"key": "x-hint", "value": "%DYNAMIC_METADATA(x:access_log_hint)%"}}]}}]}})",
           "networking.istio.io/v1alpha3", "EnvoyFilter");
  CHECK_FALSE(contains(filter.dump(), "hushed"));
  CHECK(contains(filter.dump(), "access_log_hint"));
}

TEST_CASE("who declares a Deployment's replicas is kept of what kubectl recorded") {
  const Json object = kept(R"({"metadata": {"name": "a", "annotations": {
      "kubectl.kubernetes.io/last-applied-configuration":
        "{\"spec\":{\"replicas\":2,\"password\":\"hushed\"}}"}}})",
                           "apps/v1", "Deployment");
  CHECK(object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] ==
        R"({"spec":{"replicas":2}})");
}

TEST_CASE("a definition is kept without its schema") {
  const Json object = kept(R"({"metadata": {"name": "gateways.networking.istio.io", "uid": "u"},
    "spec": {"group": "networking.istio.io", "names": {"kind": "Gateway"},
             "versions": [{"name": "v1", "served": true, "storage": true,
                           "schema": {"openAPIV3Schema": {}}}]},
    "status": {"storedVersions": ["v1"]}})",
                           "apiextensions.k8s.io/v1", "CustomResourceDefinition");
  CHECK_FALSE(contains(object.dump(), "schema"));
  CHECK(object["spec"]["versions"][0]["storage"] == true);
}

TEST_CASE("text that is no JSON is no object") {
  std::string line;
  CHECK_FALSE(append_object("{]", "v1", "Pod", line));
  CHECK(line.empty());
}

TEST_CASE("an archive gives back its files, and any damage is told") {
  const std::vector<ArchivedFile> files = {{"a.txt", std::string(1000, 'x')}, {"b/c", ""}};
  const std::string bytes = write_archive(files);
  CHECK(bytes == write_archive(files));
  const auto read = read_archive(bytes);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(read->at(0).text == files[0].text);
  CHECK(read->at(1).name == "b/c");
  for (std::size_t length = 0; length < bytes.size(); length += 7) {
    CHECK_FALSE(read_archive(std::string_view(bytes).substr(0, length)));
  }
  CHECK_FALSE(read_archive("no gzip"));
}

TEST_CASE("a snapshot comes back as it was") {
  const std::string bytes = write_snapshot(small());
  const auto read = meshcheck::live::read_snapshot(bytes);
  REQUIRE(read);
  CHECK(write_snapshot(*read) == bytes);
  CHECK(read->clusters.at(0).lists.at(0).text == "{}\n");
  CHECK(read->clusters.at(0).answers.at(0).problem == "nobody answers");
  CHECK(read->clusters.at(0).answers.at(1).text == "[]");
}
