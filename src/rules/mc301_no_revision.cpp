// Severity, documentation and parameters: rules/mc301-no-revision.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// An istiod, webhook or tag of some revision that has a name.
bool any_revisioned(const Mesh& mesh) {
  const auto is_named = [](const auto& owner) { return owner.revision != "default"; };
  return std::ranges::any_of(mesh.control_planes, is_named) ||
         std::ranges::any_of(mesh.injector_webhooks,
                             [&](const InjectorWebhooks& webhooks) {
                               return !webhooks.assumed && is_named(webhooks);
                             }) ||
         std::ranges::any_of(mesh.tags, is_named);
}

// Named as revisions are by custom: the version with dashes.
std::string next_revision(const ControlPlane& plane) {
  if (!plane.version_known()) return "1-30-3";
  return fmt::format("{}-{}-0", plane.version->major, plane.version->minor + 1);
}

}  // namespace

void mc301_no_revision(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.revision_known) {
      sink.not_evaluated(fmt::format("the revision of {} is not in the input", plane.name));
    } else if (plane.revision != "default" || plane.retired() || any_revisioned(mesh)) {
      sink.judged();
    } else {
      sink.report(plane.anchor, "{} has no revision: it can only be upgraded in place", plane.name)
          .about(plane)
          .field(plane.deployment == nullptr ? "revision" : "metadata.labels[istio.io/rev]")
          .compare("none", "a revision and a tag", {})
          .fix(fmt::format(
              "Install the next version beside this one as a revision, such as revision={0}; "
              "then `istioctl tag set prod --revision {0}`, label namespaces "
              "istio.io/rev=prod one by one and restart their pods.",
              next_revision(plane)));
    }
  }
}

}  // namespace meshcheck::rules
