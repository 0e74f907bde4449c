// The effective sidecar of a workload: Istio's own cases from the shared corpus, and what decides
// each of its parts.
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/shared_corpus.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

std::string corpus() {
  const auto folder = test::shared_corpus("inject");
  return folder ? folder->string() + "/" : std::string();
}

// "values.global.proxy.image=x" as YAML below `spec`.
void set_path(json& spec, const std::string& flag) {
  const auto equals = flag.find('=');
  std::string path = flag.substr(0, equals);
  json* at = &spec;
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
    at = &(*at)[path.substr(0, dot)];
    path.erase(0, dot + 1);
  }
  const std::string value = flag.substr(equals + 1);
  (*at)[path] = value == "true" || value == "false" ? json(value == "true") : json(value);
}

// The installation of a row, with the row's own values file as it stands.
std::string installation(const json& row) {
  const json& settings = row["settings"];
  json operator_object = {{"apiVersion", "install.istio.io/v1alpha1"},
                          {"kind", "IstioOperator"},
                          {"metadata", {{"name", "mesh"}, {"namespace", "istio-system"}}},
                          {"spec", {{"profile", "empty"}}}};
  json& spec = operator_object["spec"];
  spec["components"]["pilot"]["enabled"] = true;
  const bool disabled = settings["setup_go"].is_string() &&
                        settings["setup_go"].get<std::string>().find("NativeSidecarModeDisabled") !=
                            std::string::npos;
  if (disabled) spec["values"]["pilot"]["env"]["ENABLE_NATIVE_SIDECARS"] = "false";
  for (const json& flag : settings["set_flags"]) set_path(spec, flag.get<std::string>());
  if (settings["values_file"].is_string()) {
    const std::string text = test::read_file(corpus() + settings["values_file"].get<std::string>());
    const std::string below = "\nspec:\n";
    const std::string values = text.substr(text.find(below) + below.size());
    return "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n"
           "metadata: {name: mesh, namespace: istio-system}\n"
           "spec:\n  profile: empty\n  components: {pilot: {enabled: true}}\n" +
           values + "\n";
  }
  return operator_object.dump() + "\n";
}

std::string namespaces(const json& row) {
  std::set<std::string> names = {"default"};
  for (const json& workload : row["workloads_before"]) {
    const auto name = workload["namespace"].get<std::string>();
    if (!name.empty()) names.insert(name);
  }
  std::string text;
  for (const std::string& name : names) {
    text += "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + name +
            ", labels: {istio-injection: enabled}}\n";
  }
  return text;
}

void check_quantity(const json& expected, const char* kind, const char* key,
                    const Traced<std::optional<Quantity>>& actual) {
  const json& map = expected.contains(kind) ? expected[kind] : json::object();
  INFO(kind << "." << key);
  if (!map.contains(key)) {
    // What the injector leaves out, the API server still takes from a limit.
    const bool from_limit = actual.from.kind == Provenance::Kind::api_default;
    CHECK((!actual.value || from_limit));
    return;
  }
  REQUIRE(actual.value);
  CHECK(*actual.value == Quantity::parse(map[key].get<std::string>()));
}

const Workload* find_workload(const Mesh& mesh, const json& wanted) {
  for (const Workload& workload : mesh.workloads) {
    if (workload.kind == wanted["kind"].get<std::string>() &&
        workload.name == wanted["name"].get<std::string>()) {
      return &workload;
    }
  }
  return nullptr;
}

void check_row(const json& row) {
  Settings settings;
  const bool old = row["test"] == "TestInjectionOlderVersion" ||
                   row["id"].get<std::string>().find("kubelet128") != std::string::npos;
  settings.kubernetes = Version::parse(old ? "1.28.0" : "1.33.0");
  BuildOptions options;
  options.settings = &settings;
  const test::YamlMesh mesh(installation(row) + namespaces(row) + "---\n" +
                                test::read_file(corpus() + row["input"].get<std::string>()),
                            options);
  for (const json& after : row["workloads_after"]) {
    const Workload* workload = find_workload(*mesh, after);
    INFO(after["kind"] << " " << after["name"]);
    REQUIRE(workload != nullptr);
    const json& proxy = after["proxy"];
    REQUIRE(workload->sidecar.has_value() == !proxy.is_null());
    if (proxy.is_null()) continue;
    const Sidecar& sidecar = *workload->sidecar;
    CHECK(sidecar.native == proxy["native"].get<bool>());
    const json& resources = proxy["resources"];
    check_quantity(resources, "requests", "cpu", sidecar.resources.cpu_request);
    check_quantity(resources, "requests", "memory", sidecar.resources.memory_request);
    check_quantity(resources, "limits", "cpu", sidecar.resources.cpu_limit);
    check_quantity(resources, "limits", "memory", sidecar.resources.memory_limit);
  }
}

constexpr const char* kMesh = R"(
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: mesh, namespace: istio-system}
spec: {tag: 1.30.3}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
)";

std::string deployment(const std::string& annotations, const std::string& more = {}) {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
         "spec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n"
         "      labels: {app: web}\n      annotations: {" +
         annotations + "}\n    spec:\n      containers:\n        - {name: web, image: web:1}\n" +
         more;
}

std::string text_of(const Traced<std::optional<Quantity>>& traced) {
  return traced.value ? traced.value->text() : "none";
}

std::string all_of(const Sidecar& sidecar) {
  const Resources& r = sidecar.resources;
  return text_of(r.cpu_request) + " " + text_of(r.memory_request) + " " + text_of(r.cpu_limit) +
         " " + text_of(r.memory_limit);
}

}  // namespace

TEST_CASE("a sidecar is what Istio's own injector makes of the pod") {
  if (corpus().empty()) return;
  std::ifstream in(corpus() + "cases.json");
  const json all = json::parse(in);
  int rows = 0;
  for (const json& row : all["cases"]) {
    if (!row["expected_error"].is_null()) continue;
    INFO(row["id"].get<std::string>());
    check_row(row);
    ++rows;
  }
  CHECK(rows == 76);
}

TEST_CASE("any one annotation drops all of the injector's defaults, limits included") {
  const auto sidecar_of = [](const std::string& annotations) {
    const test::YamlMesh mesh(kMesh + deployment(annotations));
    return all_of(mesh->workloads.at(0).sidecar.value());
  };
  CHECK(sidecar_of("") == "100m 128Mi 2000m 1024Mi");
  CHECK(sidecar_of("sidecar.istio.io/proxyCPU: 200m") == "200m none none none");
  CHECK(sidecar_of("sidecar.istio.io/proxyCPULimit: \"2\"") == "2 none 2 none");
}

TEST_CASE("the pod's own istio-proxy container is laid over the defaults key by key") {
  const test::YamlMesh mesh(kMesh + deployment("",
                                               "        - name: istio-proxy\n"
                                               "          image: auto\n"
                                               "          resources: {requests: {cpu: 300m}}\n"));
  const Sidecar sidecar = mesh->workloads.at(0).sidecar.value();
  CHECK(all_of(sidecar) == "300m 128Mi 2000m 1024Mi");
  CHECK(describe_origin(sidecar) == "injector istio-sidecar-injector + container istio-proxy");
}

TEST_CASE("a LimitRange fills in what annotations have dropped") {
  const test::YamlMesh mesh(kMesh + deployment("sidecar.istio.io/proxyCPU: 200m") +
                            "---\napiVersion: v1\nkind: LimitRange\n"
                            "metadata: {name: sizes, namespace: shop}\n"
                            "spec: {limits: [{type: Container, default: {memory: 300Mi}}]}\n");
  const Sidecar sidecar = mesh->workloads.at(0).sidecar.value();
  CHECK(all_of(sidecar) == "200m 300Mi none 300Mi");
  CHECK(describe_origin(sidecar) == "annotations + LimitRange sizes");
}

TEST_CASE("the gateway template brings no resources") {
  const test::YamlMesh mesh(kMesh + deployment("inject.istio.io/templates: gateway"));
  const Sidecar sidecar = mesh->workloads.at(0).sidecar.value();
  CHECK(all_of(sidecar) == "none none none none");
  CHECK(sidecar.gateway);
  CHECK(sidecar.native == false);
}

TEST_CASE("aliases are resolved, and a template of the user's own may size the proxy") {
  const auto sidecar = [](const char* templates) {
    const test::YamlMesh mesh(std::string(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system}
data:
  values: '{"global": {"tag": "1.30.3", "proxy": {"resources": {"requests": {"cpu": "100m"}}}}}'
  config: |
    templates: {sidecar: "…", labels: "metadata: {}", large: "spec: {containers: [{resources: {}}]}"}
    aliases: {edge: [gateway], big: [sidecar, large]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
)") + deployment(std::string("inject.istio.io/templates: \"") + templates + "\""));
    REQUIRE(mesh->workloads.size() == 1);
    REQUIRE(mesh->workloads[0].sidecar);
    return *mesh->workloads[0].sidecar;
  };
  CHECK(sidecar("edge").gateway);
  CHECK(sidecar("sidecar,labels").resources.cpu_request.value);
  CHECK_FALSE(sidecar("big").resources.cpu_request.known());
  CHECK_FALSE(sidecar("sidecar, not-there").resources.memory_limit.known());
}

TEST_CASE("whether a sidecar is native hangs on the kubelets from 1.27 on") {
  const auto native = [](const std::string& more) {
    const test::YamlMesh mesh(kMesh + deployment("") + more);
    return mesh->workloads.at(0).sidecar.value().native;
  };
  const auto node = [](const std::string& version) {
    return "---\napiVersion: v1\nkind: Node\nmetadata: {name: " + version +
           "}\nstatus: {nodeInfo: {kubeletVersion: v" + version + "}}\n";
  };
  CHECK(native("") == std::nullopt);
  CHECK(native(node("1.33.2")) == true);
  CHECK(native(node("1.33.2") + node("1.32.9")) == false);
}

TEST_CASE("pods are counted by what scales the workload") {
  const auto pods = [](const std::string& more) {
    const test::YamlMesh mesh(kMesh + deployment("") + more);
    return mesh->workloads.at(0).pods;
  };
  CHECK(pods("").least == 1);
  const PodCount scaled = pods(
      "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
      "metadata: {name: web, namespace: shop}\n"
      "spec: {scaleTargetRef: {kind: Deployment, name: web}, minReplicas: 3, maxReplicas: 9}\n");
  CHECK(scaled.least == 3);
  CHECK(scaled.most == 9);
}
