#include "mesh/autoscaler_metric.h"

#include <utility>

#include <fmt/format.h>

#include "mesh/container_resources.h"

namespace meshcheck {
namespace {

using TracedTarget = Traced<std::optional<std::int64_t>>;

// Per cent of the request, rounded up: 60.2 % is above 60 %.
TracedTarget utilization_of(const Metric& metric, const std::optional<Quantity>& request) {
  if (!metric.utilization.is_null()) return read_integer(metric.utilization, {});
  const auto average = Quantity::parse(metric.average_value.text());
  if (!average || !request || request->is_zero()) {
    return {std::nullopt,
            {Provenance::Kind::unknown, metric.average_value, "a value without a request"}};
  }
  const auto whole = static_cast<double>(request->milli());
  const double percent = static_cast<double>(average->milli()) * 100.0 / whole;
  const auto floor = static_cast<std::int64_t>(percent);
  return {floor + (static_cast<double>(floor) < percent ? 1 : 0), from_input(metric.average_value)};
}

}  // namespace

Metric read_metric(Node metric, std::string_view container) {
  const Node by_container = metric["containerResource"];
  const Node source = by_container ? by_container : metric["resource"];
  const std::string_view name = source["name"].text();
  const bool ours = !by_container || by_container["container"].text() == container;
  if (!ours || (name != "cpu" && name != "memory")) return {};
  if (const Node target = source["target"]) {
    return {name, target["averageUtilization"], target["averageValue"]};
  }
  return {name, source["targetAverageUtilization"], source["targetAverageValue"]};  // v2beta1
}

void take_lowest(TracedTarget& current, TracedTarget candidate) {
  if (!current.known()) return;
  const bool lower = candidate.value && (!current.value || *candidate.value < *current.value);
  if (lower || !candidate.known()) current = std::move(candidate);
}

void add_metric(const Metric& metric, const Resources& requests, Autoscaler& autoscaler) {
  if (metric.resource == "cpu") {
    take_lowest(autoscaler.cpu_target, utilization_of(metric, requests.cpu_request.value));
  } else if (metric.resource == "memory") {
    take_lowest(autoscaler.memory_target, utilization_of(metric, requests.memory_request.value));
  } else {
    autoscaler.other_metrics = true;
  }
}

Traced<std::int64_t> read_bound(Node node, std::int64_t by_default, Node owner,
                                std::string_view whose) {
  if (node.is_null()) {
    return {by_default, {Provenance::Kind::api_default, owner, fmt::format("{} default", whose)}};
  }
  if (const auto integer = node.integer()) return {*integer, from_input(node)};
  return {by_default, {Provenance::Kind::unknown, node, "not an integer"}};
}

}  // namespace meshcheck
