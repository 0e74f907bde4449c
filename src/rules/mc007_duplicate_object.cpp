// Severity, documentation and parameters: rules/mc007-duplicate-object.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Kustomize's patches carry the name of what they change, and Helm runs a hook once for each of its
// events.
bool stands_for_itself(const Resource& resource) {
  return !resource.root()["$patch"] && !resource.annotations()["helm.sh/hook"];
}

std::string name_of(const Resource& resource) {
  return resource.name_space().empty()
             ? fmt::format("{} {}", resource.kind(), resource.name())
             : fmt::format("{} {}/{}", resource.kind(), resource.name_space(), resource.name());
}

void judge(const std::vector<const Resource*>& group, Sink& sink) {
  const Resource* first = nullptr;
  for (const Resource* resource : group) {
    if (!stands_for_itself(*resource)) continue;
    if (first == nullptr) {
      first = resource;
      continue;
    }
    sink.report(resource->anchor(), "{} stands here again: this replaces what line {} says",
                name_of(*resource), first->anchor().line())
        .object(resource->ref())
        .field("metadata.name")
        .related("the first", first->anchor(), first->ref())
        .fix("Delete one of the two, or give it another name or namespace.");
  }
}

}  // namespace

void mc007_duplicate_object(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.resources->size() != 0) sink.judged();
  for (const auto& group : mesh.resources->duplicates()) judge(group, sink);
}

}  // namespace meshcheck::rules
