// Severity, documentation and parameters: rules/mc308-double-injection.yaml
#include <algorithm>

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

// CEL, which is not evaluated, may keep the two apart.
bool has_conditions(const InjectorWebhooks& webhooks) {
  if (webhooks.object == nullptr) return false;
  const Node all = webhooks.object->root()["webhooks"];
  return std::ranges::any_of(all.items(),
                             [](Node webhook) { return webhook["matchConditions"].size() != 0; });
}

}  // namespace

void mc308_double_injection(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (!mesh.revisions_known() || mesh.injector_webhooks.empty()) {
    sink.not_evaluated("which injector webhooks exist is not in the input",
                       {"MutatingWebhookConfiguration", "Deployment istiod"});
    return;
  }
  const std::vector<WebhookOverlap> overlaps = find_overlaps(mesh.injector_webhooks);
  if (overlaps.empty()) sink.judged();
  for (const WebhookOverlap& overlap : overlaps) {
    const InjectorWebhooks& first = *overlap.first;
    const InjectorWebhooks& second = *overlap.second;
    if (has_conditions(first) || has_conditions(second)) {
      sink.not_evaluated(
          fmt::format("whether {} and {} inject the same pods hangs on their "
                      "matchConditions, which are not evaluated",
                      first.name, second.name));
      continue;
    }
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
