// What we read from Helm values alone is what Helm rendered from them, over every shared render.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "input/load.h"
#include "mesh/build.h"
#include "support/golden.h"
#include "support/shared_corpus.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

// What both sides are compared by.
struct Facts {
  std::int64_t cpu = 0, memory = 0, min = 0, max = 0, target = 0, replicas = 0;
  std::string budget, name, name_space, version;
  bool apart = false;

  auto operator<=>(const Facts&) const = default;
};

std::string text_of(const json& value) {
  return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump();
}

Facts rendered(const json& istiod) {
  Facts facts;
  const json& requests = istiod["requests"];
  const auto quantity = [&](const char* key) {
    return Quantity::parse(text_of(requests[key])).value_or(Quantity{});
  };
  facts.cpu = quantity("cpu").milli();
  facts.memory = quantity("memory").value();
  if (const json& hpa = istiod["hpa"]; !hpa.is_null()) {
    facts.min = hpa["min"];
    facts.max = hpa["max"];
    facts.target = hpa["cpu_target"];
  }
  if (!istiod["replicas"].is_null()) facts.replicas = istiod["replicas"];
  if (const json& pdb = istiod["pdb"]; !pdb.is_null()) {
    facts.budget = text_of(pdb["minAvailable"]) + '/' + text_of(pdb["maxUnavailable"]);
  }
  facts.apart = istiod["anti_affinity"]["selects_self"];
  facts.name = istiod["name"];
  facts.name_space = istiod["namespace"];
  const std::string tag = istiod["tag"];
  facts.version = tag.substr(0, tag.find('-'));
  return facts;
}

std::string text_of(const Traced<std::optional<IntOrPercent>>& value) {
  return value.value ? value.value->text() : "";
}

Facts declared(const ControlPlane& plane) {
  Facts facts;
  facts.cpu = plane.resources.cpu_request.value.value_or(Quantity{}).milli();
  facts.memory = plane.resources.memory_request.value.value_or(Quantity{}).value();
  if (plane.autoscaler) {
    facts.min = plane.autoscaler->min.value;
    facts.max = plane.autoscaler->max.value;
    facts.target = plane.autoscaler->cpu_target.value.value_or(0);
  }
  facts.replicas = plane.fixed_replicas.value.value_or(0);
  for (const DisruptionBudget& budget : plane.budgets) {
    facts.budget = text_of(budget.min_available) + '/' + text_of(budget.max_unavailable);
  }
  facts.apart = plane.spread.anti_affinity != Spread::Strength::none;
  facts.name = plane.name;
  facts.name_space = plane.name_space;
  const std::string version = plane.version ? plane.version->text() : "";
  facts.version = version.substr(0, version.find('-'));
  return facts;
}

Mesh read_values(const std::string& text, const std::string& version, Loaded& loaded,
                 const ResourceIndex& none) {
  LoadOptions options;
  options.stdin_text = text;
  const std::vector<std::string> paths{"-"};
  loaded = load(paths, options);
  std::vector<Node> values;
  for (const Document* document : loaded.documents) values.push_back(document->root());
  BuildOptions build;
  build.istio_version = Version::parse(version);
  Mesh mesh;
  read_declared(none, values, build, mesh);
  return mesh;
}

// The mesh configuration's access logs, as Helm writes them into ConfigMap istio.
void check_access_logs(const Mesh& mesh, const std::string& revision, const json& rendered) {
  for (const json& fact : rendered) {
    if (fact["revision"] != revision) continue;
    REQUIRE(mesh.mesh_configs.size() == 1);
    const MeshConfig& config = mesh.mesh_configs.front();
    CHECK((config.access_log_file.value ? json(*config.access_log_file.value) : json()) ==
          fact["accessLogFile"]);
    const json& providers = fact["defaultProviders_accessLogging"];
    CHECK(json(config.access_log_providers) == (providers.is_null() ? json::array() : providers));
  }
}

}  // namespace

TEST_CASE("Values alone give the control plane that Helm renders from them") {
  const auto index = test::shared_corpus("renders/index.json");
  if (!index) return;
  const json renders = json::parse(test::read_file(*index));
  for (const json& entry : renders["entries"]) {
    for (const auto& [chart, values] : entry["values"].items()) {
      if (!chart.starts_with("istiod")) continue;
      const std::string version =
          chart == "istiod" ? entry["version"].get<std::string>() : chart.substr(7);
      const std::string revision = values.value("revision", "default");
      INFO(entry["file"] << ' ' << chart);
      Loaded loaded;
      const ResourceIndex none;
      const std::string text = values.dump();
      const Mesh mesh = read_values(text, version, loaded, none);
      const ControlPlane* plane = mesh.find_control_plane(revision);
      REQUIRE(plane != nullptr);
      for (const json& istiod : entry["facts"]["istiods"]) {
        if (istiod["revision"] == revision) CHECK((declared(*plane) == rendered(istiod)));
      }
      check_access_logs(mesh, revision, entry["facts"]["meshes"]);
      CHECK(mesh.tags.size() ==
            (version == "1.9.9" ? 0 : values.value("revisionTags", json::array()).size()));
    }
  }
}
