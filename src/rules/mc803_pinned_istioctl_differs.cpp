// Severity, documentation and parameters: rules/mc803-pinned-istioctl-differs.yaml
#include <algorithm>
#include <cstdlib>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Runs {
  Version version;
  std::string what;  // "istiod 1.30.3 of revision canary"
};

std::vector<Runs> istiods_of(const Mesh& mesh) {
  std::vector<Runs> all;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.version_known() || plane.retired()) continue;
    all.push_back({*plane.version, fmt::format("{} {}", plane.name, plane.version->text())});
  }
  if (!all.empty()) return all;
  for (const VersionReport& report : mesh.observed->versions) {
    for (const VersionReport::Istiod& istiod : report.istiods) {
      if (!istiod.version.version) continue;
      all.push_back({*istiod.version.version, "istiod " + istiod.version.text});
    }
  }
  return all;
}

// With several meshes in the input, a file outside all of their folders is nobody's in particular.
bool belongs(const ToolPin& pin, const Mesh& mesh) {
  return mesh.folder.empty() || pin.at.file.starts_with(mesh.folder + "/");
}

bool differ(int a, int b) { return a >= 0 && b >= 0 && a != b; }

void judge(const ToolPin& pin, const std::vector<Runs>& istiods, Sink& sink) {
  const Version& pinned = *pin.version;
  const auto gap = [&](const Runs& istiod) {
    return std::pair(std::abs(istiod.version.minor - pinned.minor),
                     differ(istiod.version.patch, pinned.patch));
  };
  const Runs& nearest = *std::ranges::min_element(istiods, {}, gap);
  const bool minor = nearest.version.minor != pinned.minor;
  if (!minor && !differ(nearest.version.patch, pinned.patch)) return sink.judged();
  Draft finding = minor ? sink.report(pin.at, "{} pins istioctl {}; the mesh runs {}", pin.name,
                                      pin.text, nearest.what)
                        : sink.report_as("patch", pin.at, "{} pins istioctl {}; the mesh runs {}",
                                         pin.name, pin.text, nearest.what);
  finding.object({"", "File", "", pin.at.file, ""})
      .field(pin.name)
      .compare(pin.text, nearest.version.text(), {})
      .fix(fmt::format(
          "Pin istioctl {} here, and change both in one commit from now on.",
          nearest.version.patch < 0
              ? nearest.version.minor_text()
              : fmt::format("{}.{}", nearest.version.minor_text(), nearest.version.patch)));
}

}  // namespace

void mc803_pinned_istioctl_differs(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const std::vector<Runs> istiods = istiods_of(mesh);
  for (const ToolPin& pin : mesh.observed->tool_pins) {
    if (!pin.version) continue;
    if (!belongs(pin, mesh)) {
      sink.not_evaluated(fmt::format(
          "{} pins istioctl for none of the input's meshes in particular", pin.at.file));
    } else if (istiods.empty()) {
      sink.not_evaluated("no istiod of known version is in the input", {"istiod"});
    } else {
      judge(pin, istiods, sink);
    }
  }
}

}  // namespace meshcheck::rules
