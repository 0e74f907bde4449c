// helmCharts of a kustomization. (kustomize: api/types/helmchartargs.go)
#include <algorithm>

#include <fmt/format.h>

#include "mesh/declaration.h"

namespace meshcheck {
namespace {

void read_values(Node chart, std::string_view file, std::span<const Node> values,
                 Consumed& consumed, Declaration& declaration) {
  const auto add_file = [&](Node path) {
    if (path.text().empty()) return;
    const Node root = find_values_file(values, path.text(), file);
    if (root) {
      merge(declaration.values, istiod_values(root));
      consumed.push_back(root);
    } else {
      declaration.opaque =
          fmt::format("values file {} at {} is not in the input", path.text(), place(path));
    }
  };
  add_file(chart["valuesFile"]);
  for (const Node path : chart["additionalValuesFiles"].items()) add_file(path);
  const Node inline_values = chart["valuesInline"];
  const auto how = chart["valuesMerge"].text();
  if (how == "merge") {  // the file's values win
    HelmValue merged = user_values(inline_values);
    merge(merged, declaration.values);
    declaration.values = std::move(merged);
    return;
  }
  if (how == "replace") {
    declaration.values = {};
    declaration.opaque.clear();
  }
  add_user_values(declaration.values, inline_values);
}

}  // namespace

bool is_chart_kustomization(Node root) {
  const auto kind = root["kind"].text();
  if (!kind.empty() && kind != "Kustomization") return false;
  return std::ranges::any_of(root["helmCharts"].items(),
                             [](Node chart) { return !istio_chart(chart["name"].text()).empty(); });
}

std::vector<std::string_view> values_files_of(Node kustomization) {
  std::vector<std::string_view> files;
  if (!is_chart_kustomization(kustomization)) return files;
  for (const Node chart : kustomization["helmCharts"].items()) {
    if (istio_chart(chart["name"].text()).empty()) continue;
    files.push_back(chart["valuesFile"].text());
    for (const Node file : chart["additionalValuesFiles"].items()) files.push_back(file.text());
  }
  std::erase(files, std::string_view());
  return files;
}

void find_kustomize_charts(std::span<const Node> values, Consumed& consumed, Declarations& found) {
  for (const Node root : values) {
    if (!is_chart_kustomization(root)) continue;
    const Location location = root.location();
    for (const Node chart : root["helmCharts"].items()) {
      const std::string_view known = istio_chart(chart["name"].text());
      if (known.empty()) continue;
      const Node name_space = chart["namespace"] ? chart["namespace"] : root["namespace"];
      Declaration declaration;
      declaration.method = InstallMethod::kustomize;
      declaration.chart = known;
      declaration.object.kind = "Kustomization";
      declaration.object.name = location.file;
      declaration.anchor = chart["name"];
      read_values(chart, location.file, values, consumed, declaration);
      declaration.chart_version = version_of_range(chart["version"].text());
      declaration.chart_version_from = "chart version";
      declaration.release_name = chart["releaseName"].text();
      if (written(name_space).known()) declaration.name_space = name_space.text();
      found.push_back(std::move(declaration));
    }
  }
}

}  // namespace meshcheck
