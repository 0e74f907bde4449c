// Severity, documentation and parameters: rules/mc302-namespace-pins-revision.yaml
#include <algorithm>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using ByRevision = std::map<std::string_view, std::vector<const Namespace*>>;

// `istio-injection` beside it makes istio.io/rev void; a namespace that has both is another matter.
ByRevision namespaces_by_revision(const Mesh& mesh) {
  ByRevision found;
  for (const Namespace& name_space : mesh.namespaces) {
    const Node labels = name_space.object->labels();
    const std::string_view revision = labels["istio.io/rev"].text();
    if (revision.empty() || labels["istio-injection"]) continue;
    found[revision].push_back(&name_space);
  }
  return found;
}

bool newer(const ControlPlane& a, const ControlPlane& b) {
  return a.version && b.version &&
         !b.version->at_least(a.version->major, a.version->minor, a.version->patch);
}

// The newest of several revisions that has no tag yet: namespaces try it by its own name.
bool is_canary(const Mesh& mesh, std::string_view revision) {
  const ControlPlane* plane = mesh.find_control_plane(revision);
  if (plane == nullptr || mesh.control_planes.size() < 2) return false;
  if (std::ranges::count(mesh.tags, revision, &RevisionTag::revision) != 0) return false;
  return std::ranges::all_of(mesh.control_planes, [&](const ControlPlane& other) {
    return &other == plane || newer(*plane, other);
  });
}

std::string labels_patch(const std::vector<const Namespace*>& namespaces, std::string_view tag) {
  std::string yaml;
  for (const Namespace* one : namespaces) {
    if (!yaml.empty()) yaml += "---\n";
    yaml += fmt::format("{}  labels:\n    istio.io/rev: {}\n", manifest_head(one->object->ref()),
                        yaml_word(tag));
  }
  return yaml;
}

void report(const Mesh& mesh, std::string_view revision,
            const std::vector<const Namespace*>& namespaces, Sink& sink) {
  std::vector<std::string_view> names;
  for (const Namespace* one : namespaces) names.push_back(one->name);
  std::ranges::sort(names);
  const Namespace& first = *namespaces.front();
  const Node where = first.object->labels()["istio.io/rev"];
  const std::string who =
      fmt::format("{} {}", names.size() == 1 ? "namespace" : "namespaces", fmt::join(names, ", "));
  const char* verb = names.size() == 1 ? "names" : "name";
  Draft finding =
      is_canary(mesh, revision)
          ? sink.report_as("canary", where,
                           "{} {} the canary revision {} itself; it has no tag yet", who, verb,
                           revision)
          : sink.report(where, "{} {} revision {} itself, not a tag", who, verb, revision);
  const auto tag = std::ranges::find(mesh.tags, revision, &RevisionTag::revision);
  const std::string wanted = tag == mesh.tags.end() ? "prod" : tag->name;
  finding.object(first.object->ref())
      .field("metadata.labels[istio.io/rev]")
      .compare(std::string(revision), tag == mesh.tags.end() ? "a tag" : "tag " + wanted, {})
      .fix(tag == mesh.tags.end()
               ? fmt::format("`istioctl tag set {} --revision {}`, then label the namespaces "
                             "istio.io/rev={}.",
                             wanted, revision, wanted)
               : fmt::format("Label the namespaces istio.io/rev={}: the tag points to {} already.",
                             wanted, revision));
  if (tag != mesh.tags.end()) finding.patch(labels_patch(namespaces, wanted));
  for (const Namespace* one : namespaces) {
    if (one == &first) continue;
    finding.related("so does namespace " + one->name, one->object->labels()["istio.io/rev"],
                    one->object->ref());
  }
}

}  // namespace

void mc302_namespace_pins_revision(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (!mesh.revisions_known()) {
    sink.not_evaluated("which revisions and tags exist is not in the input",
                       {"MutatingWebhookConfiguration", "Deployment istiod"});
    return;
  }
  if (mesh.namespaces.empty()) {
    sink.not_evaluated("no Namespace is in the input", {"Namespace"});
    return;
  }
  sink.judged();
  for (const auto& [revision, namespaces] : namespaces_by_revision(mesh)) {
    const bool raw =
        revision != "default" && mesh.has_revision(revision) && mesh.find_tag(revision) == nullptr;
    if (raw) report(mesh, revision, namespaces, sink);
  }
}

}  // namespace meshcheck::rules
