// Severity, documentation and parameters: rules/mc801-istioctl-version-mismatch.yaml
#include <algorithm>
#include <cstdlib>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Istiod {
  Version version;
  std::string revision;      // may be empty
  bool by_istioctl = false;  // what installs it is istioctl itself
};

bool is_known(const ControlPlane& plane) { return plane.version_known() && !plane.retired(); }

// What runs goes before what manifests ask for.
std::vector<Istiod> istiods_of(const Mesh& mesh) {
  std::vector<Istiod> all;
  const bool by_istioctl = std::ranges::any_of(mesh.control_planes, [](const ControlPlane& plane) {
    return plane.method == InstallMethod::istiooperator;
  });
  for (const VersionReport& report : mesh.observed->versions) {
    for (const VersionReport::Istiod& istiod : report.istiods) {
      if (!istiod.version.version) continue;
      all.push_back({*istiod.version.version, istiod.revision, by_istioctl});
    }
  }
  if (!all.empty()) return all;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!is_known(plane)) continue;
    all.push_back({*plane.version, plane.revision, plane.method == InstallMethod::istiooperator});
  }
  return all;
}

int distance(const Version& a, const Version& b) {
  return a.major == b.major ? std::abs(a.minor - b.minor) : 100;
}

std::string named(const Istiod& istiod) {
  return istiod.revision.empty()
             ? istiod.version.text()
             : fmt::format("{} of revision {}", istiod.version.text(), istiod.revision);
}

Draft report_skew(const ReportedVersion& client, const Istiod& istiod, Sink& sink) {
  const Version& version = *client.version;
  const int apart = distance(version, istiod.version);
  if (apart == 0) {
    return sink.report_as("patch", client.at, "istioctl {} beside istiod {}: another patch",
                          version.text(), named(istiod));
  }
  const bool older = version.minor < istiod.version.minor;
  if (apart > 1 || (older && istiod.by_istioctl)) {
    return sink.report_as("far", client.at, "istioctl {} is {} minor version{} {} istiod {}{}",
                          version.text(), apart, apart == 1 ? "" : "s",
                          older ? "behind" : "ahead of", named(istiod),
                          older && istiod.by_istioctl ? ", which it installs" : "");
  }
  return sink.report(client.at, "istioctl {} is of another minor version than istiod {}",
                     version.text(), named(istiod));
}

void judge(const VersionReport& report, const std::vector<Istiod>& istiods, Sink& sink) {
  const ReportedVersion& client = *report.client;
  // The nearest; of those as near, one with the same patch.
  const auto gap = [&](const Istiod& istiod) {
    return std::pair(distance(*client.version, istiod.version),
                     istiod.version.patch != client.version->patch);
  };
  const Istiod& nearest = *std::ranges::min_element(istiods, {}, gap);
  const bool same_patch = client.version->patch < 0 || nearest.version.patch < 0 ||
                          nearest.version.patch == client.version->patch;
  if (gap(nearest).first == 0) {
    for (const Istiod& other : istiods) {
      if (distance(other.version, nearest.version) == 0) continue;
      sink.not_evaluated(fmt::format("istioctl {} is not for istiod {}, which needs one of its own",
                                     client.version->text(), named(other)));
    }
  }
  if (gap(nearest).first == 0 && same_patch) return sink.judged();
  report_skew(client, nearest, sink)
      .object({"", "File", "", report.file, ""})
      .field("clientVersion")
      .compare(client.version->text(), nearest.version.text(), {})
      .fix(nearest.version.patch < 0
               ? fmt::format("Use istioctl {}.", nearest.version.minor_text())
               : fmt::format("Use istioctl {0}.{1}: `curl -sL https://istio.io/downloadIstioctl | "
                             "ISTIO_VERSION={0}.{1} sh -`.",
                             nearest.version.minor_text(), nearest.version.patch));
}

}  // namespace

void mc801_istioctl_version_mismatch(const Mesh& mesh, const Parameters& /*parameters*/,
                                     Sink& sink) {
  if (mesh.observed->versions.empty()) {
    sink.not_evaluated(mesh.observed->why_unanswered(
        "/version", "no --versions was given: istioctl version -o json > FILE"));
    return;
  }
  const std::vector<Istiod> istiods = istiods_of(mesh);
  if (istiods.empty()) {
    sink.not_evaluated(
        "no istiod of known version in --versions or the input; istioctl from 1.28 on asks only "
        "the default revision: run `istioctl version --revision NAME -o json` for each");
    return;
  }
  bool judged = false;
  for (const VersionReport& report : mesh.observed->versions) {
    if (!report.client || !report.client->version) continue;
    judge(report, istiods, sink);
    judged = true;
  }
  if (!judged) {
    sink.not_evaluated(
        "no --versions FILE names istioctl's version: istioctl version --remote=false -o json > "
        "FILE");
  }
}

}  // namespace meshcheck::rules
