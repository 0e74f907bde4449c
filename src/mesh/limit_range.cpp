#include "mesh/limit_range.h"

#include <initializer_list>

#include <fmt/format.h>

namespace meshcheck {
namespace {

using TracedQuantity = Traced<std::optional<Quantity>>;

TracedQuantity first_of(const Resource& range, std::string_view key,
                        std::initializer_list<Node> maps) {
  for (const Node map : maps) {
    const Node node = map[key];
    const auto quantity = Quantity::parse(node.text());
    if (!quantity) continue;
    return {quantity,
            {Provenance::Kind::api_default, node, fmt::format("LimitRange {}", range.name())}};
  }
  return {};
}

// k8s: pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem: `max` stands in for `default`, and
// that, then `min`, for `defaultRequest`.
Resources read_defaults(const Resource& range, Node item) {
  const Node max = item["max"];
  const Node limit = item["default"];
  const Node request = item["defaultRequest"];
  const Node min = item["min"];
  return {.cpu_request = first_of(range, "cpu", {request, limit, max, min}),
          .memory_request = first_of(range, "memory", {request, limit, max, min}),
          .cpu_limit = first_of(range, "cpu", {limit, max}),
          .memory_limit = first_of(range, "memory", {limit, max})};
}

bool fill(TracedQuantity& value, const TracedQuantity& otherwise) {
  if (value.value || !value.known() || !otherwise.value) return false;
  value = otherwise;
  return true;
}

}  // namespace

LimitRanges::LimitRanges(const ResourceIndex& resources) {
  for (const Resource* range : resources.of_kind("LimitRange")) {
    for (const Node item : range->spec()["limits"].items()) {
      if (item["type"].text() != "Container") continue;
      by_namespace_.emplace(std::string(range->name_space()),
                            Defaults{std::string(range->name()), read_defaults(*range, item)});
    }
  }
}

// The API server runs the LimitRanger again on what a webhook has changed
// (k8s: plugin/pkg/admission/limitranger/admission.go, mergeContainerResources).
std::string LimitRanges::apply(std::string_view name_space, Resources& resources) const {
  std::string used;
  const auto [begin, end] = by_namespace_.equal_range(name_space);
  for (auto at = begin; at != end; ++at) {
    const auto& [name, defaults] = at->second;
    bool filled = fill(resources.cpu_request, defaults.cpu_request);
    filled |= fill(resources.memory_request, defaults.memory_request);
    filled |= fill(resources.cpu_limit, defaults.cpu_limit);
    filled |= fill(resources.memory_limit, defaults.memory_limit);
    if (filled && used.empty()) used = name;
  }
  return used;
}

}  // namespace meshcheck
