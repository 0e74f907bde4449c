// Severity, documentation and parameters: rules/mc308-double-injection.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

ObjectRef ref_of(const InjectorWebhooks& webhooks) {
  if (webhooks.object != nullptr) return webhooks.object->ref();
  return {"admissionregistration.k8s.io/v1",
          "MutatingWebhookConfiguration",
          {},
          webhooks.name,
          webhooks.revision};
}

std::string remedy(const InjectorWebhooks& first, const InjectorWebhooks& second) {
  const bool second_is_tag = !second.tag.empty();
  const std::string& tag = second_is_tag ? second.tag : first.tag;
  if (tag.empty()) {
    return fmt::format("Delete the one that is not in use: {} or {}.", first.name, second.name);
  }
  if (tag == "default") {
    return fmt::format(
        "`istioctl tag set default --revision {} --overwrite` deactivates the base injector; with "
        "Helm, take `default` out of revisionTags where the istiod without a revision is "
        "installed.",
        second_is_tag ? second.revision : first.revision);
  }
  return fmt::format("Remove one of the two: `istioctl tag remove {}`.", tag);
}

}  // namespace

void mc308_double_injection(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (!mesh.revisions_known() || mesh.injector_webhooks.empty()) {
    sink.not_evaluated("which injector webhooks exist is not in the input",
                       {"MutatingWebhookConfiguration", "Deployment istiod"});
    return;
  }
  sink.judged();
  for (const WebhookOverlap& overlap : find_overlaps(mesh.injector_webhooks)) {
    const InjectorWebhooks& first = *overlap.first;
    const InjectorWebhooks& second = *overlap.second;
    Draft finding = sink.report(second.anchor, "{} and {} both inject {}", first.name, second.name,
                                overlap.example);
    finding.object(ref_of(second))
        .field("webhooks.namespaceSelector")
        .related("the other", first.anchor, ref_of(first))
        .fix(remedy(first, second));
    for (const Namespace& name_space : mesh.namespaces) {
      if (name_space.decision.reason != InjectionReason::double_injection) continue;
      finding.related(fmt::format("pods of namespace {} are injected twice", name_space.name),
                      name_space.object->anchor(), name_space.object->ref());
    }
  }
}

}  // namespace meshcheck::rules
