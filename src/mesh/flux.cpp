// Flux HelmReleases of Istio's charts. (fluxcd/helm-controller: api/v2/helmrelease_types.go)
#include <fmt/format.h>

#include "mesh/declaration.h"

namespace meshcheck {
namespace {

struct ChartName {
  std::string name;
  std::string version;
};

// spec.chart names the chart itself; spec.chartRef an OCIRepository or HelmChart that does.
ChartName chart_of(const Resource& release, const ResourceIndex& resources) {
  const Node inline_chart = release.spec()["chart"]["spec"];
  if (inline_chart) {
    return {std::string(inline_chart["chart"].text()), std::string(inline_chart["version"].text())};
  }
  const Node ref = release.spec()["chartRef"];
  const auto name_space =
      ref["namespace"] ? ref["namespace"].text() : release.metadata()["namespace"].text();
  const Resource* chart = resources.find(ref["kind"].text(), name_space, ref["name"].text());
  if (chart == nullptr) return {std::string(ref["name"].text()), {}};
  const Node spec = chart->spec();
  if (spec["chart"])
    return {std::string(spec["chart"].text()), std::string(spec["version"].text())};
  const Node tag = spec["ref"]["tag"] ? spec["ref"]["tag"] : spec["ref"]["semver"];
  return {std::string(spec["url"].text()), std::string(tag.text())};
}

const Resource* find_configmap(const ResourceIndex& resources, const Resource& release,
                               std::string_view name) {
  const auto name_space = release.metadata()["namespace"].text();
  for (const Resource* config : resources.of_kind("ConfigMap")) {
    if (config->name() == name && config->metadata()["namespace"].text() == name_space) {
      return config;
    }
  }
  return nullptr;
}

// valuesFrom lies below spec.values, each entry over the one before.
void read_values_from(const Resource& release, const ResourceIndex& resources,
                      Declaration& declaration) {
  for (const Node reference : release.spec()["valuesFrom"].items()) {
    const auto name = reference["name"].text();
    const Node target = reference["targetPath"];
    if (target) {
      HelmValue& value = declaration.values.make_path(target.text());
      value = user_values(reference["name"]);
      obscure(value, fmt::format("valuesFrom at {}", place(reference)));
      continue;
    }
    const auto key = reference["valuesKey"] ? reference["valuesKey"].text() : "values.yaml";
    const Resource* config = reference["kind"].text() == "ConfigMap"
                                 ? find_configmap(resources, release, name)
                                 : nullptr;
    const Node values = config == nullptr ? Node{} : config->root()["data"][key].embedded();
    if (values) {
      add_user_values(declaration.values, values);
    } else {
      declaration.opaque = fmt::format("valuesFrom {} {} at {} is not in the input",
                                       reference["kind"].text(), name, place(reference));
    }
  }
}

}  // namespace

void find_helm_releases(const ResourceIndex& resources, Declarations& found) {
  for (const Resource* release : resources.of_kind("HelmRelease")) {
    if (!release->group().starts_with("helm.toolkit.fluxcd.io")) continue;
    const ChartName chart = chart_of(*release, resources);
    const std::string_view known = istio_chart(chart.name);
    if (known.empty()) continue;
    const Node spec = release->spec();
    Declaration declaration;
    declaration.method = InstallMethod::flux;
    declaration.chart = known;
    declaration.object = release->ref();
    declaration.anchor = release->anchor();
    read_values_from(*release, resources, declaration);
    add_user_values(declaration.values, spec["values"]);
    declaration.chart_version = version_of_range(chart.version);
    declaration.chart_version_from = "chart version";
    declaration.release_name = spec["releaseName"].text();
    const Node target = spec["targetNamespace"];
    if (written(target).known()) {
      declaration.name_space = target ? target.text() : release->name_space();
    }
    found.push_back(std::move(declaration));
  }
}

}  // namespace meshcheck
