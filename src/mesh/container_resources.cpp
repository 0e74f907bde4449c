#include "mesh/container_resources.h"

namespace meshcheck {
namespace {

using TracedQuantity = Traced<std::optional<Quantity>>;

// A YAML integer may be written in ways that a quantity may not (0x10); Kubernetes sees its value.
std::optional<Quantity> parse_quantity(Node node) {
  if (const auto integer = node.integer()) return Quantity::parse(std::to_string(*integer));
  return Quantity::parse(node.text());
}

TracedQuantity read_quantity(Node map, std::string_view key, Node nearest) {
  const Node node = map[key];
  if (node.is_null()) return {std::nullopt, absent_at(map ? map : nearest)};
  if (const auto quantity = parse_quantity(node)) return {quantity, from_input(node)};
  return {std::nullopt, {Provenance::Kind::unknown, node, "not a quantity"}};
}

void default_to_limit(TracedQuantity& request, const TracedQuantity& limit) {
  if (request.value || !request.known() || !limit.value) return;
  request = {
      limit.value,
      {Provenance::Kind::api_default, limit.from.node, "the API server's default: the limit"}};
}

}  // namespace

Provenance from_input(Node node) { return {Provenance::Kind::input, node, {}}; }
Provenance absent_at(Node nearest) { return {Provenance::Kind::absent, nearest, {}}; }

Resources read_container_resources(Node resources, Node owner) {
  const Node nearest = resources.is_null() ? owner : resources;
  const Node requests = resources["requests"];
  const Node limits = resources["limits"];
  Resources read{
      .cpu_request = read_quantity(requests, "cpu", nearest),
      .memory_request = read_quantity(requests, "memory", nearest),
      .cpu_limit = read_quantity(limits, "cpu", nearest),
      .memory_limit = read_quantity(limits, "memory", nearest),
  };
  default_requests_to_limits(read);
  return read;
}

void default_requests_to_limits(Resources& resources) {
  default_to_limit(resources.cpu_request, resources.cpu_limit);
  default_to_limit(resources.memory_request, resources.memory_limit);
}

Traced<std::optional<std::int64_t>> read_integer(Node node, Node owner) {
  if (node.is_null()) return {std::nullopt, absent_at(owner)};
  if (const auto integer = node.integer()) return {integer, from_input(node)};
  return {std::nullopt, {Provenance::Kind::unknown, node, "not an integer"}};
}

}  // namespace meshcheck
