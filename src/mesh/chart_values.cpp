#include "mesh/chart_values.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "mesh/values_layers.h"

namespace meshcheck {
namespace {

using Names = std::set<std::string, std::less<>>;

std::string_view file_of(const Document& document) { return document.source->name; }

// Empty for another file.
std::string chart_of_test_values(std::string_view file) {
  constexpr std::string_view kFolder = "ci/";
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos || !file.ends_with("-values.yaml")) return {};
  const std::string_view folder = file.substr(0, slash + 1);
  const bool is_ci = folder == kFolder || folder.ends_with("/ci/");
  if (!is_ci) return {};
  return std::string(folder.substr(0, folder.size() - kFolder.size())) + "Chart.yaml";
}

bool is_base(Node root, std::span<const Document* const> documents) {
  const std::array<Node, 1> values = {root};
  return std::ranges::any_of(documents, [&](const Document* document) {
    return document->root() != root && bool(find_base(document->root(), values));
  });
}

}  // namespace

void drop_unreleased(std::vector<const Document*>& documents, const Names& bases,
                     const Names& named) {
  Names charts;
  for (const Document* document : documents) {
    if (file_of(*document).ends_with("Chart.yaml")) charts.emplace(file_of(*document));
  }
  const auto is_test = [&](const Document* document) {
    if (document->root()["kind"] || named.contains(file_of(*document))) return false;
    const std::string chart = chart_of_test_values(file_of(*document));
    return !chart.empty() && charts.contains(chart);
  };
  std::erase_if(documents, is_test);
  if (bases.empty()) return;
  const std::vector<const Document*> all = documents;
  std::erase_if(documents, [&](const Document* document) {
    return bases.contains(file_of(*document)) && !is_base(document->root(), all);
  });
}

}  // namespace meshcheck
