// Finds every installation that the input asks for and adds what each of them makes.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "mesh/declaration.h"

namespace meshcheck {
namespace {

std::string_view last_part(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

std::string_view istio_chart(std::string_view chart) {
  // The name in a repository of charts, and the folder of Istio's own sources.
  using Name = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Name, 7> kCharts = {{{"istiod", "istiod"},
                                            {"istio-discovery", "istiod"},
                                            {"istiod-remote", "istiod"},
                                            {"gateway", "gateway"},
                                            {"cni", "cni"},
                                            {"istio-cni", "cni"},
                                            {"ztunnel", "ztunnel"}}};
  const auto found = std::ranges::find(kCharts, last_part(chart), &Name::first);
  if (found == kCharts.end()) return {};
  // A folder of that name may hold any network's.
  const bool any_network = found->first == "cni" && chart != "cni";
  return any_network && chart.find("istio") == std::string_view::npos ? std::string_view{}
                                                                      : found->second;
}

bool is_folder_of_istio(std::string_view path) {
  return last_part(path) == "istio-discovery" || path.find("manifests/charts/") != path.npos;
}

void take_for_own_chart(std::string_view path, Declaration& declaration) {
  declaration.opaque = fmt::format("the chart at {} is not in the input", path);
  declaration.chart_version.reset();
  if (declaration.chart != "istiod") return;
  HelmValue& values = declaration.values;
  const auto own = std::ranges::find_if(values.members, [](const HelmMember& member) {
    return member.value.is_mapping() && istio_chart(member.key) == "istiod";
  });
  if (own == values.members.end()) return;
  // Helm hands the parent's `global` down to every dependency.
  HelmValue part = own->value;
  if (values["global"].present) {
    const HelmValue global = values["global"];
    merge(part.make("global"), global);
  }
  values = std::move(part);
}

std::optional<Version> version_of_range(std::string_view text) {
  // ">=1.26", "^1.26" and "1.26 || 1.28" hold several minor versions, and which of them runs is not
  // written. A range that an upper end closes within its minor version is rare enough to be let go.
  if (text.find_first_of("<>^|") != std::string_view::npos) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
  text = text.substr(0, text.find_first_of(" ,"));
  for (const std::string_view wildcard : {".x", ".X", ".*", "-latest"}) {
    while (text.ends_with(wildcard)) text.remove_suffix(wildcard.size());
  }
  return Version::parse(text);
}

void read_declared(const ResourceIndex& resources, std::span<const Node> values,
                   const BuildOptions& options, Mesh& mesh) {
  Declarations found;
  Consumed consumed;
  find_istiooperators(resources, values, found);
  find_sail(resources, found);
  find_helm_releases(resources, found);
  find_argo_applications(resources, values, consumed, found);
  find_kustomize_charts(values, consumed, found);
  find_values_files(values, consumed, options.values_files, found);
  // Last: where something above tells how a control plane is installed, its ConfigMap adds nothing.
  find_values_configmaps(resources, found);
  for (const Declaration& declaration : found) {
    add_installation(declaration, resources, options, mesh);
  }
  read_sail_tags(resources, mesh);
}

}  // namespace meshcheck
