// The Sail operator's Istio and IstioRevision, which carry Helm values, IstioRevisionTag, and the
// agents IstioCNI and ZTunnel. (sail-operator: api/v1/istio_types.go, istiorevision_types.go,
// istiorevisiontag_types.go, istiocni_types.go, ztunnel_types.go)
#include <algorithm>

#include "mesh/declaration.h"
#include "mesh/rendered.h"

namespace meshcheck {
namespace {

bool is_sail(const Resource& resource) {
  return resource.group() == "sailoperator.io" || resource.group() == "operator.istio.io";
}

// "v1.24.2" → "v1-24-2": revisions take no dots.
std::string dashed(std::string_view version) {
  std::string out(version);
  std::ranges::replace(out, '.', '-');
  return out;
}

// The strategy that keeps old revisions beside new ones.
bool is_revision_based(const Resource& istio) {
  return istio.spec()["updateStrategy"]["type"].text() == "RevisionBased";
}

// The revision an Istio resource makes: its own name, or name and version.
std::string revision_of(const Resource& istio) {
  const Node spec = istio.spec();
  std::string revision(istio.name());
  if (is_revision_based(istio) && spec["version"]) {
    revision += '-' + dashed(spec["version"].text());
  }
  return revision;
}

Declaration declare(const Resource& resource, const std::string& revision) {
  const Node spec = resource.spec();
  Declaration declaration;
  declaration.source = ControlPlaneSource::sail;
  declaration.method = InstallMethod::sail;
  declaration.object = resource.ref();
  declaration.anchor = resource.anchor();
  add_user_values(declaration.values, spec["values"]);
  HelmValue& name = declaration.values.make("revision");
  name = set_value(revision == "default" ? "" : revision, resource.anchor());
  declaration.chart_version = version_of_range(spec["version"].text());
  declaration.chart_version_from = "spec.version";
  const auto name_space = spec["namespace"].text();
  declaration.name_space = name_space.empty() ? "istio-system" : std::string(name_space);
  declaration.profile = spec["profile"].text();
  declaration.profile_node = spec["profile"];
  return declaration;
}

Declaration declare_agent(const Resource& resource, const char* chart, const char* name_space) {
  const Node spec = resource.spec();
  Declaration declaration;
  declaration.source = ControlPlaneSource::sail;
  declaration.method = InstallMethod::sail;
  declaration.object = resource.ref();
  declaration.anchor = resource.anchor();
  declaration.chart = chart;
  add_user_values(declaration.values, spec["values"]);
  declaration.chart_version = version_of_range(spec["version"].text());
  declaration.chart_version_from = "spec.version";
  const auto own = spec["namespace"].text();
  declaration.name_space = own.empty() ? std::string(name_space) : std::string(own);
  declaration.profile = spec["profile"].text();
  return declaration;
}

bool is_owned(const Resource& revision) {
  return std::ranges::any_of(revision.metadata()["ownerReferences"].items(),
                             [](Node owner) { return owner["kind"].text() == "Istio"; });
}

}  // namespace

void find_sail(const ResourceIndex& resources, Declarations& found) {
  for (const Resource* istio : resources.of_kind("Istio")) {
    if (!is_sail(*istio)) continue;
    found.push_back(declare(*istio, revision_of(*istio)));
    // Without a version it is the operator's newest, which only the operator knows.
    found.back().revision_known = !is_revision_based(*istio) || istio->spec()["version"];
  }
  for (const Resource* revision : resources.of_kind("IstioRevision")) {
    // One that an Istio resource made is that resource again.
    if (!is_sail(*revision) || is_owned(*revision)) continue;
    found.push_back(declare(*revision, std::string(revision->name())));
  }
  for (const Resource* cni : resources.of_kind("IstioCNI")) {
    if (is_sail(*cni)) found.push_back(declare_agent(*cni, "cni", "istio-cni"));
  }
  for (const Resource* ztunnel : resources.of_kind("ZTunnel")) {
    if (is_sail(*ztunnel)) found.push_back(declare_agent(*ztunnel, "ztunnel", "ztunnel"));
  }
}

void read_sail_tags(const ResourceIndex& resources, Mesh& mesh) {
  for (const Resource* tag : resources.of_kind("IstioRevisionTag")) {
    if (!is_sail(*tag)) continue;
    const Node target = tag->spec()["targetRef"];
    std::string revision(target["name"].text());
    if (target["kind"].text() == "Istio") {
      for (const Resource* istio : resources.of_kind("Istio")) {
        if (is_sail(*istio) && istio->name() == target["name"].text())
          revision = revision_of(*istio);
      }
    }
    mesh.tags.push_back({.name = std::string(tag->name()),
                         .revision = revision,
                         .namespaces = namespaces_on_tag(resources, tag->name()),
                         .anchor = tag->anchor()});
  }
}

}  // namespace meshcheck
