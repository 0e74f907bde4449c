#include <algorithm>
#include <string_view>

#include "mesh/rendered.h"

namespace meshcheck {
namespace {

// `istio-injection` goes before `istio.io/rev`, and "enabled" asks for the tag `default`
// (istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml).
std::string_view wanted_revision(const Resource& name_space) {
  const Node injection = name_space.labels()["istio-injection"];
  if (!injection) return name_space.label("istio.io/rev");
  return injection.text() == "enabled" ? "default" : "";
}

}  // namespace

std::vector<std::string> namespaces_on_tag(const ResourceIndex& resources, std::string_view tag) {
  std::vector<std::string> names;
  for (const Resource* name_space : resources.of_kind("Namespace")) {
    if (wanted_revision(*name_space) == tag) names.emplace_back(name_space->name());
  }
  std::ranges::sort(names);
  return names;
}

// A tag is a webhook, and from 1.28 on a Service as well; a Service alone also makes one
// (istio: pkg/revisions/tag_watcher.go).
void read_tags(const ResourceIndex& resources, Mesh& mesh) {
  for (const std::string_view kind : {"MutatingWebhookConfiguration", "Service"}) {
    for (const Resource* object : resources.of_kind(kind)) {
      const std::string_view name = object->label("istio.io/tag");
      const bool known =
          std::ranges::any_of(mesh.tags, [&](const RevisionTag& tag) { return tag.name == name; });
      if (name.empty() || known) continue;
      mesh.tags.push_back({.name = std::string(name),
                           .revision = std::string(object->label("istio.io/rev")),
                           .namespaces = namespaces_on_tag(resources, name),
                           .anchor = object->anchor()});
    }
  }
}

}  // namespace meshcheck
