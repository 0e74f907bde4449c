// Severity, documentation and parameters: rules/mc319-crds-behind.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kVersion = "app.kubernetes.io/version";

bool is_istios(const Resource& crd) {
  return crd.spec()["group"].text().ends_with(".istio.io") || crd.name().ends_with(".istio.io");
}

const ControlPlane* newest(const Mesh& mesh) {
  const ControlPlane* found = nullptr;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.version_known() || plane.retired()) continue;
    if (found == nullptr || plane.version->at_least(found->version->major, found->version->minor,
                                                    found->version->patch)) {
      found = &plane;
    }
  }
  return found;
}

}  // namespace

void mc319_crds_behind(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const ControlPlane* plane = newest(mesh);
  std::vector<const Resource*> behind;
  bool any_version = false;
  for (const Resource* crd : mesh.resources->of_kind("CustomResourceDefinition")) {
    if (!is_istios(*crd)) continue;
    const auto version = Version::parse(crd->label(kVersion));
    // Charts of development builds say 1.0.0.
    if (!version || version->minor < 2) continue;
    any_version = true;
    // Within a minor the schemas stay.
    if (plane != nullptr && !version->at_least(plane->version->major, plane->version->minor)) {
      behind.push_back(crd);
    }
  }
  if (plane == nullptr || !any_version) {
    sink.not_evaluated(plane == nullptr ? "no istiod of known version is in the input"
                                        : "no CRD of Istio in the input tells its version",
                       {"CustomResourceDefinition", "istiod"});
    return;
  }
  sink.judged();
  if (behind.empty()) return;
  const Resource& first = *behind.front();
  Draft finding =
      sink.report(first.labels()[kVersion], "{} CRD{} of Istio {} beside istiod {} of revision {}",
                  behind.size(), behind.size() == 1 ? " is" : "s are", first.label(kVersion),
                  plane->version->text(), plane->revision);
  finding.object(first.ref())
      .field("metadata.labels[app.kubernetes.io/version]")
      .compare(std::string(first.label(kVersion)), plane->version->text(), {})
      .related("the newest control plane", plane->anchor, plane->object)
      .fix(
          "Upgrade the base chart first: `helm upgrade istio-base istio/base -n istio-system "
          "--version " +
          plane->version->text() + "`.");
}

}  // namespace meshcheck::rules
