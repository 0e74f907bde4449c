#include "cli/unjudged.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "meshcheck/resource.h"

namespace meshcheck::cli {
namespace {

std::string_view lack_of(const Resource& workload) {
  const Node containers = workload.pod_template()["spec"]["containers"];
  if (containers.size() == 0) return "no containers";
  for (const Node container : containers.items()) {
    if (!container["image"]) return "a container without an image";
  }
  return workload.spec()["selector"] ? "an init container without an image" : "no selector";
}

void look_at(Node root, std::vector<Inputs::Skipped>& out) {
  constexpr std::string_view kList = "List";
  if (root["kind"].text().ends_with(kList) && root["items"].is_sequence()) {
    for (const Node item : root["items"].items()) {
      if (item["kind"]) look_at(item, out);
    }
    return;
  }
  if (!root.is_mapping() || root["apiVersion"].text().empty() || root["$patch"]) return;
  const Resource resource(root, "");
  if (resource.name().empty() || resource.is_complete()) return;
  out.push_back({std::string(root.document()->source->name),
                 fmt::format("{} {} has {}: taken for a patch, not judged", resource.kind(),
                             resource.name(), lack_of(resource))});
}

}  // namespace

std::vector<Inputs::Skipped> unjudged_workloads(std::span<const Document* const> documents) {
  std::vector<Inputs::Skipped> out;
  for (const Document* document : documents) {
    if (!document->patch) look_at(document->root(), out);
  }
  return out;
}

}  // namespace meshcheck::cli
