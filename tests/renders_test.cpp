// Holds the model against 214 renders and dumps of real installs whose facts were taken from the
// objects by other means: ../shared/corpus/renders/index.json.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/shared_corpus.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using Json = nlohmann::json;

namespace {

// The differences between what the index says and what the model says, one sentence each.
class Differences {
 public:
  template <class T>
  void same(const std::string& what, const T& actual, const T& expected) {
    if (actual == expected) return;
    differences_.push_back(what + ": " + Json(actual).dump() + " is not " + Json(expected).dump());
  }
  void same(const std::string& what, const Json& actual, const Json& expected) {
    same<Json>(what, actual, expected);
  }
  const std::vector<std::string>& differences() const { return differences_; }

 private:
  std::vector<std::string> differences_;
};

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json cpu_milli(const Traced<std::optional<Quantity>>& cpu) {
  return cpu.value ? Json(cpu.value->milli()) : Json(nullptr);
}

Json bytes(const Traced<std::optional<Quantity>>& memory) {
  return memory.value ? Json(memory.value->value()) : Json(nullptr);
}

// A quantity of the index, whose spelling differs from its value ("2000m").
Json parsed(const Json& text, bool in_milli) {
  if (text.is_null()) return nullptr;
  const auto quantity = Quantity::parse(text.is_string() ? text.get<std::string>() : text.dump());
  REQUIRE(quantity);
  return in_milli ? quantity->milli() : quantity->value();
}

// The index cuts a CPU of 0.4999 to 499 thousandths; Kubernetes rounds it up to 500. Where the
// text is no whole number of thousandths, only Kubernetes' number counts.
Json cpu_of(const Json& requests) {
  const Json rounded = parsed(requests["cpu"], true);
  const bool whole =
      rounded.is_null() ||
      Quantity::parse(rounded.dump() + "m") ==
          Quantity::parse(requests["cpu"].is_string() ? requests["cpu"].get<std::string>()
                                                      : requests["cpu"].dump());
  return whole ? requests["cpu_milli"] : rounded;
}

Json bound(const Traced<std::optional<IntOrPercent>>& value) {
  if (!value.value) return nullptr;
  return value.value->percent ? Json(value.value->text()) : Json(value.value->value);
}

template <class T>
const T* find_named(const std::vector<T>& things, const Json& fact) {
  for (const T& thing : things) {
    if (thing.name == fact["name"] && thing.name_space == fact["namespace"]) return &thing;
  }
  return nullptr;
}

void compare_autoscaler(Differences& compare, const ControlPlane& plane, const Json& fact) {
  compare.same("hpa", plane.autoscaler.has_value(), !fact.is_null());
  if (fact.is_null() || !plane.autoscaler) return;
  const Autoscaler& autoscaler = *plane.autoscaler;
  compare.same("hpa min", autoscaler.min.value, fact["min"].get<std::int64_t>());
  compare.same("hpa max", autoscaler.max.value, fact["max"].get<std::int64_t>());
  compare.same("hpa cpu", or_null(autoscaler.cpu_target.value), fact["cpu_target"]);
  compare.same("hpa memory", or_null(autoscaler.memory_target.value), fact["memory_target"]);
}

void compare_budget(Differences& compare, const ControlPlane& plane, const Json& fact) {
  compare.same("pdbs", plane.budgets.size(), std::size_t{fact.is_null() ? 0U : 1U});
  if (fact.is_null() || plane.budgets.empty()) return;
  compare.same("minAvailable", bound(plane.budgets[0].min_available), fact["minAvailable"]);
  compare.same("maxUnavailable", bound(plane.budgets[0].max_unavailable), fact["maxUnavailable"]);
}

void compare_istiods(Differences& compare, const Mesh& mesh, const Json& facts) {
  compare.same("istiods", mesh.control_planes.size(), facts.size());
  for (const Json& fact : facts) {
    const ControlPlane* plane = find_named(mesh.control_planes, fact);
    compare.same("istiod " + fact["name"].get<std::string>(), plane != nullptr, true);
    if (plane == nullptr) continue;
    compare.same("revision", Json(plane->revision), fact["revision"]);
    compare.same("image", Json(plane->image.value), fact["image"]);
    compare.same("version", Json(plane->version ? plane->version->text() : ""), fact["tag"]);
    compare.same("replicas", or_null(plane->fixed_replicas.value), fact["replicas"]);
    compare.same("cpu", cpu_milli(plane->resources.cpu_request), cpu_of(fact["requests"]));
    compare.same("memory", bytes(plane->resources.memory_request),
                 fact["requests"]["memory_bytes"]);
    compare_autoscaler(compare, *plane, fact["hpa"]);
    compare_budget(compare, *plane, fact["pdb"]);
    const Json& affinity = fact["anti_affinity"];
    compare.same("anti-affinity", plane->spread.anti_affinity != Spread::Strength::none,
                 affinity["selects_self"].get<bool>());
    if (affinity["selects_self"]) {
      compare.same("required", plane->spread.anti_affinity == Spread::Strength::required,
                   !affinity["required"].empty());
    }
    compare.same("topology spread", plane->spread.topology_spread,
                 !fact["topology_spread"].empty());
    for (const auto& [name, value] : fact["env_sniffing"].items()) {
      Json actual;
      for (const EnvVar& variable : plane->env) {
        if (variable.name == name) actual = or_null(variable.value);
      }
      compare.same(name, actual, value);
    }
  }
}

void compare_injectors(Differences& compare, const Mesh& mesh, const Json& facts) {
  compare.same("injectors", mesh.injectors.size(), facts.size());
  for (const Json& fact : facts) {
    const Injector* injector = find_named(mesh.injectors, fact);
    compare.same("injector " + fact["name"].get<std::string>(), injector != nullptr, true);
    if (injector == nullptr) continue;
    const Resources& resources = injector->resources;
    compare.same("injector revision", Json(injector->revision), fact["revision"]);
    compare.same("sidecar cpu", cpu_milli(resources.cpu_request), cpu_of(fact["requests"]));
    compare.same("sidecar memory", bytes(resources.memory_request),
                 fact["requests"]["memory_bytes"]);
    compare.same("sidecar cpu limit", cpu_milli(resources.cpu_limit),
                 parsed(fact["limits"]["cpu"], true));
    compare.same("sidecar memory limit", bytes(resources.memory_limit),
                 parsed(fact["limits"]["memory"], false));
  }
}

void compare_meshes(Differences& compare, const Mesh& mesh, const Json& facts) {
  compare.same("mesh configurations", mesh.mesh_configs.size(), facts.size());
  for (const Json& fact : facts) {
    const MeshConfig* config = find_named(mesh.mesh_configs, fact);
    compare.same("mesh " + fact["name"].get<std::string>(), config != nullptr, true);
    if (config == nullptr) continue;
    compare.same("mesh revision", Json(config->revision), fact["revision"]);
    compare.same("accessLogFile", or_null(config->access_log_file.value), fact["accessLogFile"]);
    compare.same("rootNamespace", or_null(config->root_namespace.value), fact["rootNamespace"]);
    compare.same("trustDomain", or_null(config->trust_domain.value), fact["trustDomain"]);
    const Json& providers = fact["defaultProviders_accessLogging"];
    compare.same("providers", Json(config->access_log_providers),
                 providers.is_null() ? Json::array() : providers);
    Json extensions = Json::array();
    for (const Node provider : config->root["extensionProviders"].items()) {
      extensions.push_back(std::string(provider["name"].text()));
    }
    compare.same("extension providers", extensions, fact["extensionProviders"]);
  }
}

void compare_tags(Differences& compare, const Mesh& mesh, const Json& facts) {
  std::set<std::pair<std::string, std::string>> actual;
  std::set<std::pair<std::string, std::string>> expected;
  for (const RevisionTag& tag : mesh.tags) actual.emplace(tag.name, tag.revision);
  for (const Json& fact : facts) expected.emplace(fact["tag"], fact["revision"]);
  compare.same("tags", actual, expected);
}

void compare_gateways(Differences& compare, const Mesh& mesh, const Json& facts) {
  std::size_t expected = 0;
  for (const Json& fact : facts) {
    // The index lists all of the data plane's workloads; these two are no gateways.
    if (fact["name"] == "istio-cni-node" || fact["name"] == "ztunnel") continue;
    ++expected;
    const Gateway* found = nullptr;
    for (const Gateway& gateway : mesh.gateways) {
      if (gateway.name == fact["name"] && gateway.kind == fact["kind"]) found = &gateway;
    }
    compare.same("gateway " + fact["name"].get<std::string>(), found != nullptr, true);
    if (found == nullptr) continue;
    compare.same("gateway cpu", cpu_milli(found->resources.cpu_request),
                 parsed(fact["requests"]["cpu"], true));
    compare.same("gateway memory", bytes(found->resources.memory_request),
                 parsed(fact["requests"]["memory"], false));
    compare.same("gateway class", found->gateway_class, std::string("ingress"));
  }
  compare.same("gateways", mesh.gateways.size(), expected);
}

}  // namespace

TEST_CASE("The model of every rendered install says what its objects say") {
  const auto renders = test::shared_corpus("renders");
  if (!renders) return;
  const Json index = Json::parse(test::read_file(*renders / "index.json"));
  REQUIRE(index["entries"].size() == 214);
  for (const Json& entry : index["entries"]) {
    const auto name = entry["file"].get<std::string>();
    const Json& facts = entry["facts"];
    const test::YamlMesh mesh(test::read_file(*renders / name), {}, name);
    Differences compare;
    compare.same("objects", mesh.resources().size(), facts["n_objects"].get<std::size_t>());
    compare_istiods(compare, *mesh, facts["istiods"]);
    compare_injectors(compare, *mesh, facts["injectors"]);
    compare_meshes(compare, *mesh, facts["meshes"]);
    compare_tags(compare, *mesh, facts["tags"]);
    compare_gateways(compare, *mesh, facts["gateways"]);
    const bool live =
        name.find(".live.") != std::string::npos || name.find(".list.") != std::string::npos;
    for (const ControlPlane& plane : mesh->control_planes) {
      compare.same("live", plane.source == ControlPlaneSource::live, live);
    }
    CAPTURE(name);
    CHECK(compare.differences() == std::vector<std::string>{});
  }
}
