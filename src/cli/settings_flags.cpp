#include "cli/settings_flags.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <set>

#include <fmt/format.h>

#include "engine/select.h"

namespace meshcheck::cli {
namespace {

constexpr const char* kNodes = "--node-allocatable";
constexpr const char* kNodesHint = "write it as cpu=4,memory=16Gi,count=10";

Error wrong_part(std::string_view key, std::string_view value, std::string_view kind) {
  return fail(kNodes, fmt::format("`{}` of `{}` is no {}", value, key, kind), kNodesHint);
}

std::optional<Error> set_part(NodeCapacity& nodes, std::string_view key, std::string_view value) {
  if (key == "count") {
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, nodes.count);
    if (read.ec != std::errc() || read.ptr != end || nodes.count < 1) {
      return wrong_part(key, value, "number of nodes");
    }
    return std::nullopt;
  }
  if (key != "cpu" && key != "memory") {
    const std::string near = nearest(key, {"cpu", "memory", "count"});
    return fail(kNodes, fmt::format("there is no `{}` of a node", key),
                near.empty() ? kNodesHint : fmt::format("did you mean `{}`?", near));
  }
  auto quantity = Quantity::parse(value);
  if (!quantity || *quantity <= Quantity{}) return wrong_part(key, value, "quantity");
  (key == "cpu" ? nodes.cpu : nodes.memory) = std::move(quantity);
  return std::nullopt;
}

std::optional<Error> add_rate(const std::string& word, Settings& settings) {
  const std::size_t equals = word.find('=');
  const std::string workload = word.substr(0, equals);
  const auto rate = equals == std::string::npos
                        ? std::nullopt
                        : parse_rate(std::string_view(word).substr(equals + 1));
  if (!is_workload(workload) || !rate) {
    return fail("--rps", fmt::format("`{}` is no rate of a workload", word),
                "write it as NAMESPACE/NAME=REQUESTS: shop/web=500");
  }
  settings.requests_per_second[workload] = *rate;
  return std::nullopt;
}

}  // namespace

bool is_workload(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && slash != 0 && slash + 1 != text.size() &&
         text.find('/', slash + 1) == std::string_view::npos;
}

std::optional<double> parse_rate(std::string_view text) {
  double rate = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, rate);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(rate) || rate < 0) {
    return std::nullopt;
  }
  return rate;
}

Result<NodeCapacity> parse_node_capacity(std::string_view text) {
  NodeCapacity nodes;
  std::set<std::string_view> seen;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, comma - begin);
    begin = comma + 1;
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return fail(kNodes, fmt::format("`{}` is no part of a node", part), kNodesHint);
    }
    const std::string_view key = part.substr(0, equals);
    if (!seen.insert(key).second) {
      return fail(kNodes, fmt::format("`{}` is given twice", key), kNodesHint);
    }
    if (auto error = set_part(nodes, key, part.substr(equals + 1))) return *error;
  }
  if (!nodes.cpu && !nodes.memory) {
    return fail(kNodes, "neither cpu nor memory is given", kNodesHint);
  }
  return nodes;
}

std::optional<Error> apply_flags(const InputOptions& options, Settings& settings) {
  for (const std::string& word : options.rates) {
    if (auto error = add_rate(word, settings)) return error;
  }
  if (options.node_allocatable.empty()) return std::nullopt;
  auto nodes = parse_node_capacity(options.node_allocatable);
  if (!nodes) return nodes.error();
  settings.nodes = std::move(*nodes);
  return std::nullopt;
}

}  // namespace meshcheck::cli
