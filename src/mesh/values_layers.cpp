#include "mesh/values_layers.h"

#include <algorithm>
#include <array>

#include "mesh/build.h"
#include "mesh/declaration.h"

namespace meshcheck {
namespace {

std::string_view file_of(Node root) { return root.document()->source->name; }

// A path as folder (with its slash) and name without extension.
struct FileName {
  std::string_view folder;
  std::string_view stem;

  explicit FileName(std::string_view path) {
    const auto slash = path.rfind('/');
    folder = path.substr(0, slash == std::string_view::npos ? 0 : slash + 1);
    stem = path.substr(folder.size());
    stem = stem.substr(0, stem.rfind('.'));
  }
};

// `values-prod`, `prod-values` and the like. `values-1.23` is another version's file, whole.
bool is_overlay_name(std::string_view stem) {
  constexpr std::string_view kWord = "values";
  constexpr std::string_view kJoints = "-._";
  if (stem.size() < kWord.size() + 2) return false;
  if (stem.starts_with(kWord) && kJoints.find(stem[kWord.size()]) != std::string_view::npos) {
    const char first = stem[kWord.size() + 1];
    return first < '0' || first > '9';
  }
  return stem.ends_with(kWord) &&
         kJoints.find(stem[stem.size() - kWord.size() - 1]) != std::string_view::npos;
}

// Of the charts beside which istiod's values may lie in one folder.
bool names_another_chart(std::string_view stem) {
  constexpr std::array<std::string_view, 9> kOthers = {
      "gateway", "ingress", "egress", "ztunnel", "cni", "base", "kiali", "jaeger", "waypoint"};
  return std::ranges::any_of(kOthers,
                             [&](std::string_view word) { return stem.find(word) != stem.npos; });
}

// The settings of the chart that its users overlay. (istio: …/istio-discovery/values.yaml)
bool is_chart_key(std::string_view key) {
  constexpr std::array<std::string_view, 47> kKeys = {"affinity",
                                                      "autoscaleBehavior",
                                                      "autoscaleEnabled",
                                                      "autoscaleMax",
                                                      "autoscaleMin",
                                                      "compatibilityVersion",
                                                      "cpu",
                                                      "deploymentAnnotations",
                                                      "deploymentLabels",
                                                      "env",
                                                      "envVarFrom",
                                                      "experimental",
                                                      "extraContainerArgs",
                                                      "gatewayClasses",
                                                      "global",
                                                      "hub",
                                                      "image",
                                                      "initContainers",
                                                      "istiodRemote",
                                                      "memory",
                                                      "meshConfig",
                                                      "nodeSelector",
                                                      "pdb",
                                                      "pilot",
                                                      "platform",
                                                      "podAnnotations",
                                                      "podLabels",
                                                      "profile",
                                                      "replicaCount",
                                                      "resources",
                                                      "revision",
                                                      "revisionTags",
                                                      "rollingMaxSurge",
                                                      "rollingMaxUnavailable",
                                                      "seccompProfile",
                                                      "securityContext",
                                                      "serviceAnnotations",
                                                      "sidecarInjectorWebhook",
                                                      "tag",
                                                      "taint",
                                                      "telemetry",
                                                      "tolerations",
                                                      "topologySpreadConstraints",
                                                      "traceSampling",
                                                      "variant",
                                                      "volumeMounts",
                                                      "volumes"};
  return std::ranges::count(kKeys, key) != 0;
}

bool of_one_release(Node lower, Node upper) {
  const Node revision = upper["revision"];
  return !revision || !lower["revision"] || revision.text() == lower["revision"].text();
}

// What people call the clusters that they keep apart. Not `canary` or `stable`: those are two
// revisions of one mesh.
bool is_environment(std::string_view word) {
  constexpr std::array<std::string_view, 16> kWords = {
      "dev",     "development", "test", "testing", "qa",   "uat",        "int",     "integration",
      "staging", "stage",       "stg",  "preprod", "prod", "production", "sandbox", "live"};
  return std::ranges::count(kWords, word) != 0;
}

// `values-prod`, `prod-values`: the part that is an environment.
std::string_view environment_in(std::string_view name) {
  while (!name.empty()) {
    const auto end = std::min(name.find_first_of("-._"), name.size());
    if (is_environment(name.substr(0, end))) return name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return {};
}

// A few keys alone do not tell whose they are: `resources` and `image` are any chart's. They are
// istiod's in a file that is named for an environment and for no other chart, and else beside a key
// that only Istio's charts have.
bool extends(Node root, std::string_view stem, Node base) {
  if (is_values_document(root)) return true;
  const auto entries = root.entries();
  const bool of_chart = std::ranges::all_of(entries, [&](const Entry& entry) {
    return base[entry.key.text()] || is_chart_key(entry.key.text());
  });
  if (entries.begin() == entries.end() || !of_chart) return false;
  if (names_another_chart(stem)) return bool(root["pilot"]);
  return !environment_in(stem).empty() || has_keys_of_istio(root);
}

}  // namespace

std::string environment_of(std::string_view file) {
  const FileName name(file);
  std::string_view word = environment_in(name.stem);
  std::string_view folder = name.folder;
  while (word.empty() && !folder.empty()) {
    folder.remove_suffix(1);
    const auto slash = folder.rfind('/');
    word = environment_in(folder.substr(slash == std::string_view::npos ? 0 : slash + 1));
    folder = folder.substr(0, slash == std::string_view::npos ? 0 : slash + 1);
  }
  return std::string(word);
}

Node find_base(Node root, std::span<const Node> values) {
  if (!root.is_mapping() || root["kind"]) return {};
  const FileName name(file_of(root));
  if (!is_overlay_name(name.stem)) return {};
  for (const Node base : values) {
    const FileName candidate(file_of(base));
    if (candidate.folder == name.folder && candidate.stem == "values" &&
        extends(root, name.stem, base)) {
      return base;
    }
  }
  return {};
}

std::vector<ValuesLayers> layer_files(std::span<const Node> values,
                                      std::span<const std::string> named) {
  std::vector<ValuesLayers> releases;
  ValuesLayers explicit_layers;
  for (const std::string& file : named) {
    for (const Node root : values) {
      if (file_of(root) != file || std::ranges::count(explicit_layers, root) != 0) continue;
      const bool joins = !explicit_layers.empty() && of_one_release(releases.back().front(), root);
      if (!joins) releases.emplace_back();
      releases.back().push_back(root);
      explicit_layers.push_back(root);
    }
  }
  std::vector<Node> bases;
  std::vector<ValuesLayers> found;
  for (const Node root : values) {
    if (std::ranges::count(explicit_layers, root) != 0) continue;
    const Node base = find_base(root, values);
    if (base) bases.push_back(base);
    found.push_back(base ? ValuesLayers{base, root} : ValuesLayers{root});
  }
  for (ValuesLayers& layers : found) {
    const bool beneath = layers.size() == 1 && std::ranges::count(bases, layers.front()) != 0;
    if (!beneath) releases.push_back(std::move(layers));
  }
  return releases;
}

}  // namespace meshcheck
