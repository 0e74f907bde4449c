// What we read from an IstioOperator is what Istio's own installer made of it, over the shared
// pairs.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/shared_corpus.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

std::string text_of(const json& value) {
  return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump();
}

std::string text_of(const Traced<std::optional<IntOrPercent>>& value) {
  return value.value ? value.value->text() : "";
}

// Compares one workload of the mesh, a control plane or a gateway, with what a golden says of it.
class Agreement {
 public:
  explicit Agreement(const json& golden)
      : summary_(golden["summary"]), complete_(golden["complete_install"]) {}

  template <typename Workload>
  void compare(const Workload& ours, std::string_view container) {
    for (const json& golden : of("workloads", ours)) {
      resources(ours.resources, golden["resources"][std::string(container)]);
      agree(ours.fixed_replicas.value == optional_number(golden["replicas"]));
    }
    for (const json& golden : of("hpas", ours)) autoscaler(ours.autoscaler, golden);
    const auto found = of("pdbs", ours);
    for (const json& golden : found) budgets(ours.budgets, golden);
    if (complete_) agree(found.empty() == ours.budgets.empty());
  }

  void compare(const NodeAgent& ours, std::string_view container) {
    for (const json& golden : of("workloads", ours)) {
      resources(ours.resources, golden["resources"][std::string(container)]);
    }
  }

  int facts() const { return facts_; }

 private:
  template <typename Workload>
  std::vector<json> of(const char* list, const Workload& ours) const {
    std::vector<json> found;
    if (!summary_.contains(list)) return found;
    for (const json& object : summary_[list]) {
      if (object["name"] == ours.name && object["namespace"] == ours.name_space) {
        found.push_back(object);
      }
    }
    return found;
  }

  void agree(bool same) {
    CHECK(same);
    ++facts_;
  }

  static std::optional<std::int64_t> optional_number(const json& value) {
    if (value.is_null()) return std::nullopt;
    return value.get<std::int64_t>();
  }

  void quantity(const Traced<std::optional<Quantity>>& ours, const json& list, const char* key) {
    const bool present = list.is_object() && list.contains(key);
    CHECK(ours.value.has_value() == present);
    if (!present || !ours.value) return;
    agree(ours.value->milli() == Quantity::parse(text_of(list[key])).value().milli());
  }

  void resources(const Resources& ours, const json& golden) {
    quantity(ours.cpu_request, golden.value("requests", json()), "cpu");
    quantity(ours.memory_request, golden.value("requests", json()), "memory");
    quantity(ours.cpu_limit, golden.value("limits", json()), "cpu");
    quantity(ours.memory_limit, golden.value("limits", json()), "memory");
  }

  void autoscaler(const std::optional<Autoscaler>& ours, const json& golden) {
    REQUIRE(ours);
    agree(ours->min.value == golden["min"]);
    agree(ours->max.value == golden["max"]);
    for (const json& metric : golden["metrics"]) {
      const json& resource = metric["resource"];
      const auto& target = resource["name"] == "cpu" ? ours->cpu_target : ours->memory_target;
      agree(target.value == optional_number(resource["target"]["averageUtilization"]));
    }
  }

  void budgets(const std::vector<DisruptionBudget>& ours, const json& golden) {
    REQUIRE(ours.size() == 1);
    agree(text_of(ours[0].min_available) == text_of(golden["min_available"]));
    agree(text_of(ours[0].max_unavailable) == text_of(golden["max_unavailable"]));
  }

  const json& summary_;
  bool complete_;
  int facts_ = 0;
};

}  // namespace

TEST_CASE("an IstioOperator gives the control planes and gateways that the installer makes of it") {
  const auto index = test::shared_corpus("manifests/cases.json");
  if (!index) return;
  const json cases = json::parse(test::read_file(*index));
  int facts = 0;
  for (const json& pair : cases["cases"]) {
    if (pair["input"].is_null()) continue;  // made by flags alone
    INFO(pair["id"]);
    BuildOptions options;
    options.istio_version = Version::parse("1.31");
    const test::YamlMesh mesh(
        test::read_file(index->parent_path() / pair["input"].get<std::string>()), options);
    Agreement agreement(pair);
    for (const ControlPlane& plane : mesh->control_planes) agreement.compare(plane, "discovery");
    for (const Gateway& gateway : mesh->gateways) agreement.compare(gateway, "istio-proxy");
    for (const NodeAgent& agent : mesh->node_agents) {
      agreement.compare(agent, agent.kind == NodeAgent::Kind::cni ? "install-cni" : "istio-proxy");
    }
    facts += agreement.facts();
  }
  CHECK(facts == 106);
}
