// IstioOperator: the file format of istioctl, and of the in-cluster operator up to 1.23.
// (istio: operator/pkg/apis/types.go, operator/pkg/render/manifest.go)
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/declaration.h"

namespace meshcheck {
namespace {

constexpr std::array<std::string_view, 11> kProfiles = {
    "default",           "demo",   "empty",  "minimal", "ambient", "openshift", "preview",
    "openshift-ambient", "remote", "stable", "external"};

// spec.{hub,tag,revision,meshConfig,compatibilityVersion} are copied into the values; the user's
// `values` lie on top (translateIstioOperatorToHelm).
HelmValue helm_values(Node spec) {
  HelmValue values;
  const auto copy = [&](const char* field, std::string_view path) {
    if (spec[field]) merge(values.make_path(path), user_values(spec[field]));
  };
  copy("hub", "global.hub");
  copy("tag", "global.tag");
  copy("revision", "revision");
  copy("meshConfig", "meshConfig");
  copy("compatibilityVersion", "compatibilityVersion");
  const Node pilot = spec["components"]["pilot"];
  for (const char* key : {"hub", "tag"}) {
    if (pilot[key]) values.make("pilot").make(key) = user_values(pilot[key]);
  }
  add_user_values(values, spec["values"]);
  return values;
}

// istioctl puts pilot where components.pilot.namespace says, else where the whole mesh goes.
std::string namespace_of(const Resource& resource) {
  const Node spec = resource.spec();
  for (const Node node :
       {spec["components"]["pilot"]["namespace"], spec["namespace"],
        spec["values"]["global"]["istioNamespace"], resource.metadata()["namespace"]}) {
    if (!node.text().empty()) return std::string(node.text());
  }
  return "istio-system";
}

bool is_istiooperator(const Resource& resource) {
  return resource.kind() == "IstioOperator" && resource.group() == "install.istio.io";
}

Declaration declare(const Resource& resource) {
  const Node spec = resource.spec();
  Declaration declaration;
  declaration.source = ControlPlaneSource::istiooperator;
  declaration.method = InstallMethod::istiooperator;
  declaration.object = resource.ref();
  declaration.anchor =
      resource.metadata()["name"] ? resource.anchor() : resource.root().key("kind");
  declaration.values = helm_values(spec);
  declaration.components = spec["components"];
  declaration.name_space = namespace_of(resource);
  declaration.profile = spec["profile"].text();
  declaration.profile_node = spec["profile"];
  const std::string& profile = declaration.profile;
  const bool known = std::ranges::find(kProfiles, profile) != kProfiles.end();
  if (!profile.empty() && !known) {
    declaration.opaque =
        fmt::format("profile {} at {} is not Istio's", profile, place(spec["profile"]));
  }
  return declaration;
}

}  // namespace

bool is_nameless_istiooperator(Node root) {
  return !root["metadata"]["name"] && is_istiooperator(Resource(root, {}));
}

void find_istiooperators(const ResourceIndex& resources, std::span<const Node> values,
                         Declarations& found) {
  for (const Resource* resource : resources.of_kind("IstioOperator")) {
    if (is_istiooperator(*resource)) found.push_back(declare(*resource));
  }
  for (const Node root : values) {
    if (is_nameless_istiooperator(root)) found.push_back(declare(Resource(root, {})));
  }
}

}  // namespace meshcheck
