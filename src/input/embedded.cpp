#include "input/embedded.h"

#include <algorithm>
#include <array>

namespace meshcheck {

namespace {

// Keys of the ConfigMaps that Istio's charts write (istio: manifests/charts/istio-control/
// istio-discovery/templates/configmap*.yaml, istiod-injector-configmap.yaml).
constexpr std::array<std::string_view, 7> kConfigKeys = {
    "mesh", "meshNetworks", "config", "values", "original-values", "merged-values", "values.yaml"};

class EmbeddedParser {
 public:
  EmbeddedParser(Document& document, Arena& arena, const ParseLimits& limits)
      : document_(document), arena_(arena), limits_(limits) {}

  void object(Node root) {
    const auto kind = root["kind"].text();
    if (kind == "ConfigMap") {
      config_map(root);
    } else if (kind == "Pod") {
      injection_status(root);
    } else if (kind == "Application") {
      sources(root["spec"]);
    } else if (kind == "ApplicationSet") {
      sources(root["spec"]["template"]["spec"]);
    } else if (kind == "HelmRelease") {
      post_renderers(root["spec"]["postRenderers"]);
    } else if (kind.ends_with("List")) {
      for (const Node item : root["items"].items()) object(item);
    } else {
      // Of workloads of every kind: `istioctl kube-inject` writes it into their templates.
      injection_status(root["spec"]["template"]);
      injection_status(root["spec"]["jobTemplate"]["spec"]["template"]);
    }
  }

 private:
  void injection_status(Node pod) {
    text(pod["metadata"]["annotations"]["sidecar.istio.io/status"]);
  }

  void config_map(Node root) {
    const auto name = root["metadata"]["name"].text();
    const bool istios = name.starts_with("istio") || name.starts_with("values");
    for (const Entry entry : root["data"].entries()) {
      const auto key = entry.key.text();
      // SHARED_MESH_CONFIG may name any ConfigMap.
      const bool setting =
          istios ? std::ranges::find(kConfigKeys, key) != kConfigKeys.end() : key == "mesh";
      const bool rules = entry.value.is_scalar() && may_hold_alert_rules(entry.value.text());
      if (setting || rules) text(entry.value);
    }
  }

  void sources(Node spec) {
    text(spec["source"]["helm"]["values"]);
    for (const Node source : spec["sources"].items()) text(source["helm"]["values"]);
  }

  // Flux: strategic merge patches say inside themselves what they are for.
  void post_renderers(Node renderers) {
    for (const Node renderer : renderers.items()) {
      for (const Node patch : renderer["kustomize"]["patches"].items()) text(patch["patch"]);
    }
  }

  void text(Node node) {
    if (!node.is_scalar()) return;
    Source& source = arena_.new_source();
    source.name = document_.source->name;
    source.text = node.text();
    Chunk chunk = whole(source.text);
    Parsed parsed = parse(source, chunk, arena_, Format::yaml, Reader::automatic, limits_);
    if (parsed.outcome != Parsed::Outcome::tree) return;
    Document& inner = *parsed.document;
    if (!inner.root().is_mapping() && !inner.root().is_sequence()) return;
    inner.number = document_.number;
    inner.host = &document_;
    inner.host_node = node.index();
    document_.embedded.push_back({node.index(), &inner});
  }

  Document& document_;
  Arena& arena_;
  const ParseLimits& limits_;
};

}  // namespace

bool may_hold_alert_rules(std::string_view text) {
  return text.find("groups:") != std::string_view::npos &&
         text.find("expr:") != std::string_view::npos;
}

void parse_embedded(Document& document, Arena& arena, const ParseLimits& limits) {
  EmbeddedParser(document, arena, limits).object(document.root());
}

}  // namespace meshcheck
