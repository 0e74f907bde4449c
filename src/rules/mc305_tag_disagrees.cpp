// Severity, documentation and parameters: rules/mc305-tag-disagrees.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The revision whose Service that is: as the input shows it, else as charts name it; empty for
// another name.
std::string revision_behind(const Mesh& mesh, const InjectorWebhooks& webhooks) {
  const ControlPlane* plane = mesh.find_istiod_behind(webhooks.service, webhooks.service_namespace);
  if (plane != nullptr) return plane->revision;
  constexpr std::string_view kPrefix = "istiod-";
  if (webhooks.service == "istiod") return "default";
  if (!webhooks.service.starts_with(kPrefix) ||
      webhooks.service.starts_with("istiod-revision-tag-")) {
    return {};
  }
  return webhooks.service.substr(kPrefix.size());
}

std::string remedy(std::string_view tag, std::string_view revision) {
  return fmt::format("Say which one is meant: `istioctl tag set {} --revision {} --overwrite`.",
                     tag, revision);
}

void judge_service(const Mesh& mesh, const InjectorWebhooks& tag, Sink& sink) {
  const std::string behind = revision_behind(mesh, tag);
  sink.judged();
  if (behind.empty() || behind == tag.revision) return;
  const Node label = tag.object->labels()["istio.io/rev"];
  sink.report(label ? label : tag.anchor,
              "tag {} is labelled for revision {}, and its webhook calls Service {} of revision {}",
              tag.tag, tag.revision, tag.service, behind)
      .object(tag.object->ref())
      .field("metadata.labels[istio.io/rev]")
      .compare(tag.revision, behind, {})
      .fix(remedy(tag.tag, behind));
}

void judge_tag_service(const Mesh& mesh, const InjectorWebhooks& tag, Sink& sink) {
  for (const Resource* service : mesh.resources->of_kind("Service")) {
    const Node revision = service->labels()["istio.io/rev"];
    if (service->label("istio.io/tag") != tag.tag || revision.text().empty()) continue;
    if (revision.text() == tag.revision) continue;
    sink.report(revision, "tag {} is revision {} to Service {}, and revision {} to webhook {}",
                tag.tag, revision.text(), service->name(), tag.revision, tag.name)
        .object(service->ref())
        .field("metadata.labels[istio.io/rev]")
        .compare(std::string(revision.text()), tag.revision, {})
        .related("the webhook", tag.anchor, tag.object->ref())
        .fix(remedy(tag.tag, tag.revision));
  }
}

// istiod warns of it as well (istio: releasenotes/notes/revision-tag-default-validation.yaml).
void judge_validator(const Mesh& mesh, const InjectorWebhooks& tag, Sink& sink) {
  const Resource* validator =
      mesh.resources->find("ValidatingWebhookConfiguration", "", "istiod-default-validator");
  if (tag.tag != "default" || validator == nullptr) return;
  const Node revision = validator->labels()["istio.io/rev"];
  if (revision.text().empty() || revision.text() == tag.revision) return;
  sink.report(revision,
              "the default tag is revision {}, and istiod-default-validator is of revision {}",
              tag.revision, revision.text())
      .object(validator->ref())
      .field("metadata.labels[istio.io/rev]")
      .compare(std::string(revision.text()), tag.revision, {})
      .related("the tag", tag.anchor, tag.object->ref())
      .fix(remedy("default", tag.revision) +
           " Where Helm installs it, set defaultRevision of the base chart.");
}

// What values ask for: whichever is installed last takes the tag from the other.
void judge_claims(const Mesh& mesh, Sink& sink) {
  for (const RevisionTag& tag : mesh.tags) {
    const RevisionTag* const first = mesh.find_tag(tag.name);
    if (first == nullptr || first->revision == tag.revision || !first->anchor || !tag.anchor) {
      continue;
    }
    const ControlPlane* plane = mesh.find_control_plane(tag.revision);
    const ControlPlane* other = mesh.find_control_plane(first->revision);
    const bool declared = plane != nullptr && other != nullptr && plane->deployment == nullptr &&
                          other->deployment == nullptr && plane->revision_known &&
                          other->revision_known;
    if (!declared) continue;
    sink.report(tag.anchor, "revisions {} and {} both claim tag {}: the one installed last has it",
                first->revision, tag.revision, tag.name)
        .about(*plane)
        .field("revisionTags")
        .compare(tag.revision, first->revision, {})
        .related("the other claim", first->anchor, other->object)
        .fix(fmt::format("Leave tag {} in the revisionTags of one revision.", tag.name));
  }
}

}  // namespace

void mc305_tag_disagrees(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  judge_claims(mesh, sink);
  if (mesh.resources->of_kind("MutatingWebhookConfiguration").empty()) {
    if (sink.judged_count() != 0) return;
    sink.not_evaluated("no injector webhook is in the input", {"MutatingWebhookConfiguration"});
    return;
  }
  sink.judged();
  for (const InjectorWebhooks& webhooks : mesh.injector_webhooks) {
    if (webhooks.object == nullptr || webhooks.tag.empty()) continue;
    judge_service(mesh, webhooks, sink);
    judge_tag_service(mesh, webhooks, sink);
    judge_validator(mesh, webhooks, sink);
  }
}

}  // namespace meshcheck::rules
