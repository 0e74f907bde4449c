// Flux HelmReleases of Istio's charts. (fluxcd/helm-controller: api/v2/helmrelease_types.go)
#include <fmt/format.h>

#include "mesh/declaration.h"
#include "meshcheck/variable.h"

namespace meshcheck {
namespace {

struct ChartName {
  std::string name;
  std::string version;
  bool in_git = false;  // the name is a folder of a repository
  Node values_files = {};
};

// What a HelmRelease's chart template and a HelmChart say alike.
ChartName read_chart(Node spec) {
  const std::string_view source = spec["sourceRef"]["kind"].text();
  return {.name = std::string(spec["chart"].text()),
          .version = std::string(spec["version"].text()),
          .in_git = source == "GitRepository" || source == "Bucket",
          .values_files = spec["valuesFiles"]};
}

// spec.chart names the chart itself; spec.chartRef an OCIRepository or HelmChart that does.
ChartName chart_of(const Resource& release, const ResourceIndex& resources) {
  const Node inline_chart = release.spec()["chart"]["spec"];
  if (inline_chart) return read_chart(inline_chart);
  const Node ref = release.spec()["chartRef"];
  const auto name_space =
      ref["namespace"] ? ref["namespace"].text() : release.metadata()["namespace"].text();
  const Resource* chart = resources.find(ref["kind"].text(), name_space, ref["name"].text());
  if (chart == nullptr) return {std::string(ref["name"].text()), {}};
  const Node spec = chart->spec();
  if (spec["chart"]) return read_chart(spec);
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

// Files of the chart itself, in place of its values.yaml.
void read_values_files(Node files, Declaration& declaration) {
  for (const Node file : files.items()) {
    if (file.text() == "values.yaml") continue;
    declaration.opaque =
        fmt::format("values file {} at {} is not in the input", file.text(), place(file));
  }
}

// What a patch is for; empty where it does not say, or says it of several.
std::string_view kind_of_patch(Node patch) {
  if (const std::string_view kind = patch["target"]["kind"].text(); !kind.empty()) return kind;
  const Node text = patch["patch"];
  if (text.text().find("\n---") != std::string_view::npos) return {};
  const std::string_view kind = (text ? text.embedded() : patch)["kind"].text();
  return name_holds_variable(kind) ? std::string_view{} : kind;
}

// (fluxcd/pkg: apis/kustomize/kustomize_types.go; patches of images change no other field.)
void read_post_renderers(Node renderers, Declaration& declaration) {
  for (const Node renderer : renderers.items()) {
    for (const char* list : {"patches", "patchesStrategicMerge", "patchesJson6902"}) {
      for (const Node patch : renderer["kustomize"][list].items()) {
        const std::string_view kind = kind_of_patch(patch);
        declaration.patched.push_back({kind.empty() ? "*" : std::string(kind), patch});
      }
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
    read_values_files(chart.values_files, declaration);
    read_post_renderers(spec["postRenderers"], declaration);
    if (chart.in_git && !is_folder_of_istio(chart.name)) {
      take_for_own_chart(chart.name, declaration);
    }
    declaration.release_name = spec["releaseName"].text();
    const Node target = spec["targetNamespace"];
    if (written(target).known()) {
      declaration.name_space = target ? target.text() : release->name_space();
    }
    found.push_back(std::move(declaration));
  }
}

}  // namespace meshcheck
