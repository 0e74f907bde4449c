// Which documents are values of the istiod chart, and the ConfigMap `values` that charts from 1.26
// leave in the cluster.
#include <algorithm>
#include <array>

#include "mesh/declaration.h"
#include "mesh/values_layers.h"

namespace meshcheck {
namespace {

// Keys that no other chart we have met has. (istio: …/istio-discovery/values.yaml)
constexpr std::array<std::string_view, 13> kStrong = {"pilot",
                                                      "meshConfig",
                                                      "revisionTags",
                                                      "sidecarInjectorWebhook",
                                                      "istiodRemote",
                                                      "autoscaleMin",
                                                      "autoscaleMax",
                                                      "autoscaleEnabled",
                                                      "traceSampling",
                                                      "istio_cni",
                                                      "compatibilityVersion",
                                                      "gatewayClasses",
                                                      "jwksResolverExtraRootCA"};
constexpr std::array<std::string_view, 4> kStrongGlobal = {
    "proxy", "proxy_init", "pilotCertProvider", "defaultPodDisruptionBudget"};
// Keys that istiod shares with other charts of Istio, or with many charts: they only support.
constexpr std::array<std::string_view, 7> kWeak = {"revision", "telemetry", "pdb", "profile",
                                                   "hub",      "tag",       "env"};
constexpr std::array<std::string_view, 9> kWeakGlobal = {
    "istioNamespace", "meshID",    "multiCluster", "network", "remotePilotAddress",
    "waypoint",       "caAddress", "hub",          "tag"};
// Keys of Istio's charts ztunnel and gateway, and of Kiali's, that istiod's does not have.
constexpr std::array<std::string_view, 8> kForeign = {
    "xdsAddress",  "caAddress", "istioNamespace",  "networkGateway",
    "autoscaling", "ingress",   "kiali_route_url", "multiCluster"};

// Components that were gone before istiod was: values of the chart `istio`, up to 1.4.
constexpr std::array<std::string_view, 4> kGone = {"mixer", "galley", "nodeagent", "istiocoredns"};

template <std::size_t N>
int count(Node mapping, const std::array<std::string_view, N>& keys) {
  return static_cast<int>(std::count_if(keys.begin(), keys.end(),
                                        [&](std::string_view key) { return bool(mapping[key]); }));
}

bool is_istiod_mapping(Node root) {
  if (!root.is_mapping()) return false;
  const Node global = root["global"];
  const int strong = count(root, kStrong) + count(global, kStrongGlobal);
  const int weak = count(root, kWeak) + count(global, kWeakGlobal);
  if (count(root, kGone) > 0 || (count(root, kForeign) > 0 && !root["pilot"])) return false;
  return strong > 0 && strong + weak >= 2;
}

// In an umbrella chart's values, what belongs to a dependency stands below its name or alias.
Node dependency_values(Node root) {
  for (const Entry entry : root.entries()) {
    const auto key = entry.key.text();
    const bool named = key.starts_with("istiod") || key == "discovery" || key == "istio-discovery";
    if (named && is_istiod_mapping(entry.value)) return entry.value;
  }
  return {};
}

std::string file_name(Node root) { return root.location().file; }

// ztunnel's chart is the only other one with a meshConfig of its own, and has a revision beside it:
// by its name, or its folder's, the file tells whose it is.
bool is_of_ztunnel(Node root) {
  std::string_view path = root.document()->source->name;
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string_view::npos ? slash : path.rfind('/', slash - 1);
  if (folder != std::string_view::npos) path.remove_prefix(folder);
  const int of_both = root["meshConfig"] ? 1 : 0;
  return path.find("ztunnel") != std::string_view::npos &&
         path.find("istiod") == std::string_view::npos && count(root, kStrong) <= of_both;
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

// `a/b/../c` → `a/c`; leading `./` and Argo CD's `$values/` are dropped.
std::string normal(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (!part.empty() && part != "." && part.front() != '$') {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const auto part : parts) out += (out.empty() ? "" : "/") + std::string(part);
  return out;
}

bool ends_in_path(const std::string& file, const std::string& path) {
  return !path.empty() && file.ends_with(path) &&
         (file.size() == path.size() || file[file.size() - path.size() - 1] == '/');
}

}  // namespace

bool has_keys_of_istio(Node root) {
  const Node global = root["global"];
  return count(root, kStrong) + count(global, kStrongGlobal) + count(global, kWeakGlobal) > 0 ||
         root["revision"] || root["hub"];
}

Node istiod_part(Node root) {
  // What istioctl takes is sometimes kept without its first two lines.
  if (root["spec"]["values"].is_mapping()) return root["spec"]["values"];
  if (is_istiod_mapping(root)) return root;
  const Node nested = dependency_values(root);
  return nested ? nested : root;
}

HelmValue istiod_values(Node root) {
  const Node part = istiod_part(root);
  HelmValue values = user_values(part);
  if (part != dependency_values(root)) return values;
  // Helm hands the parent's `global` down to every dependency.
  if (root["global"]) {
    HelmValue global = user_values(root["global"]);
    merge(values.make("global"), global);
  }
  return values;
}

bool is_values_document(Node root) {
  if (!root.is_mapping()) return false;
  // Charts carry Istio's profiles as files that look like a user's values.
  if (root.document()->source->name.find("files/profile-") != std::string::npos) return false;
  if (is_chart_kustomization(root) || is_nameless_istiooperator(root)) return true;
  if (root["kind"]) return false;
  if (is_istiod_mapping(root)) return !is_of_ztunnel(root);
  return bool(dependency_values(root));
}

Node find_values_file(std::span<const Node> values, std::string_view path,
                      std::string_view beside) {
  const std::string exact = normal(directory_of(beside) + std::string(path));
  const std::string from_root = normal(path);
  for (const Node root : values) {
    if (normal(file_name(root)) == exact) return root;
  }
  if (path.starts_with("../")) return {};
  for (const Node root : values) {
    if (ends_in_path(normal(file_name(root)), from_root)) return root;
  }
  return {};
}

void find_values_files(std::span<const Node> values, const Consumed& consumed,
                       std::span<const std::string> named, Declarations& found) {
  std::vector<Node> free;
  for (const Node root : values) {
    const bool taken = std::ranges::find(consumed, root) != consumed.end();
    if (!taken && !root["kind"] && !root["helmCharts"]) free.push_back(root);
  }
  for (const ValuesLayers& layers : layer_files(free, named)) {
    const Node root = layers.back();
    Declaration declaration;
    for (const Node layer : layers) merge(declaration.values, istiod_values(layer));
    declaration.object = {.api_version = {},
                          .kind = "Values",
                          .name_space = {},
                          .name = file_name(root),
                          .revision = {}};
    const auto entries = root.entries();
    declaration.anchor = entries.begin() == entries.end() ? root : (*entries.begin()).key;
    found.push_back(std::move(declaration));
  }
}

void find_values_configmaps(const ResourceIndex& resources, Declarations& found) {
  for (const Resource* resource : resources.of_kind("ConfigMap")) {
    const Node data = resource->root()["data"];
    const Node merged = data["merged-values"].embedded();
    const Node original = data["original-values"].embedded();
    if (!resource->name().starts_with("values") || (!merged && !original)) continue;
    Declaration declaration;
    declaration.source = ControlPlaneSource::values_configmap;
    declaration.object = resource->ref();
    declaration.anchor = resource->anchor();
    declaration.rendered = user_values(merged);
    add_user_values(declaration.values, original);
    declaration.chart_version = Version::parse(resource->label("app.kubernetes.io/version"));
    declaration.chart_version_from = "app.kubernetes.io/version";
    declaration.name_space = resource->name_space();
    found.push_back(std::move(declaration));
  }
}

}  // namespace meshcheck
