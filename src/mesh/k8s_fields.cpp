#include "mesh/k8s_fields.h"

#include "mesh/autoscaler_metric.h"
#include "mesh/whole_number.h"

namespace meshcheck {
namespace {

// What is written there and is nothing of that kind is for the API server to refuse.
void refuse(Provenance& from, Node node, const char* why) {
  const bool nothing = node.is_null() || (node.is_scalar() && node.text().empty());
  if (from.known() && !nothing) from = {Provenance::Kind::unknown, node, why};
}

std::optional<std::int64_t> integer_in(Node node) {
  if (const auto integer = node.integer()) return integer;
  return whole_number(node.text());
}

}  // namespace

void set(Traced<std::optional<Quantity>>& field, Node node) {
  if (!node) return;
  field.from = written(node);
  field.value = field.from.known() ? Quantity::parse(node.text()) : std::nullopt;
  if (!field.value) refuse(field.from, node, "not a quantity");
}

void set_resources(Resources& resources, Node node) {
  set(resources.cpu_request, node["requests"]["cpu"]);
  set(resources.memory_request, node["requests"]["memory"]);
  set(resources.cpu_limit, node["limits"]["cpu"]);
  set(resources.memory_limit, node["limits"]["memory"]);
}

void set_integer(Traced<std::int64_t>& field, Node node) {
  if (!node) return;
  field.from = written(node);
  const auto number = integer_in(node);
  field.value = number.value_or(field.value);
  if (!number) refuse(field.from, node, "not an integer");
}

void set_integer(Traced<std::optional<std::int64_t>>& field, Node node) {
  if (!node) return;
  field.from = written(node);
  if (const auto number = integer_in(node)) {
    field.value = number;
  } else {
    refuse(field.from, node, "not an integer");
  }
}

// A list in a patch of an HPA replaces the chart's.
void set_metrics(Autoscaler& autoscaler, Node metrics, std::string_view container,
                 const Resources& requests) {
  autoscaler.cpu_target = {std::nullopt, {Provenance::Kind::absent, metrics, {}}};
  autoscaler.memory_target = autoscaler.cpu_target;
  autoscaler.other_metrics = false;
  for (const Node metric : metrics.items()) {
    add_metric(read_metric(metric, container), requests, autoscaler);
  }
}

void set_budget(Traced<std::optional<IntOrPercent>>& field, Node node) {
  if (!node || node.is_null()) return;
  field = {IntOrPercent::parse(node), written(node)};
  if (!field.value) refuse(field.from, node, "neither an integer nor a percentage");
}

}  // namespace meshcheck
