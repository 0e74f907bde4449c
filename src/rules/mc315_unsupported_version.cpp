// Severity, documentation and parameters: rules/mc315-unsupported-version.yaml
#include <algorithm>
#include <array>
#include <chrono>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// After half a year the table lacks two releases.
constexpr std::chrono::days kFresh{180};

// A suffix that is none of Istio's own: variants of an image, and what comes before a release.
bool is_vendors(const Version& version) {
  constexpr std::array<std::string_view, 3> kVariants = {"-distroless", "-debug", "-fips"};
  if (version.suffix.empty() || version.prerelease()) return false;
  return std::ranges::count(kVariants, version.suffix) == 0;
}

// Of the API server: no kubelet is newer (kubernetes.io: releases/version-skew-policy).
std::optional<Version> kubernetes_of(const Mesh& mesh) {
  if (mesh.settings->kubernetes) return mesh.settings->kubernetes;
  std::optional<Version> newest;
  for (const Resource* node : mesh.resources->of_kind("Node")) {
    const Node text = node->root()["status"]["nodeInfo"]["kubeletVersion"];
    const auto version = Version::parse(text.text());
    if (!version || (newest && newest->at_least(version->major, version->minor))) continue;
    newest = version;
  }
  return newest;
}

void judge_kubernetes(const ControlPlane& plane, const Support& support, const Version& kubernetes,
                      Sink& sink) {
  const bool within =
      kubernetes.minor >= support.kubernetes_from && kubernetes.minor <= support.kubernetes_until;
  if (support.kubernetes_until == 0 || kubernetes.major != 1 || within) return sink.judged();
  sink.report(plane.place(plane.image.from),
              "{} runs Istio {} on Kubernetes {}; Istio supports 1.{} to 1.{} there", plane.name,
              plane.version->minor_text(), kubernetes.minor_text(), support.kubernetes_from,
              support.kubernetes_until)
      .about(plane)
      .field(container_field(plane, "image"))
      .fix(kubernetes.minor > support.kubernetes_until
               ? "Upgrade Istio to a version that supports this Kubernetes, before Kubernetes goes "
                 "any further."
               : "Upgrade Kubernetes first: this Istio is newer than what it was tested with.");
}

void report_end(const ControlPlane& plane, const Support& support, Day today, Sink& sink) {
  const bool vendor = is_vendors(*plane.version);
  const Node where = plane.place(plane.image.from);
  std::string_view ended = support.expected ? "ended about" : "ended on";
  if (support.older) ended = "ended before";
  const std::string end = fmt::format("{} {}{}", ended, to_string(support.until),
                                      support.expected ? ", an estimate" : "");
  Draft finding =
      vendor ? sink.report_as("vendor", where,
                              "{} runs {}, a vendor's build; Istio's own support of {} {}",
                              plane.name, plane.version->text(), plane.version->minor_text(), end)
             : sink.report(where, "{} runs Istio {}, whose support {}", plane.name,
                           plane.version->minor_text(), end);
  std::string fix =
      vendor
          ? "Ask the vendor how long this build is supported, and put the day into `support` of "
            "meshcheck.yaml."
          : "Install a supported minor version as a revision of its own and move to it by canary.";
  if (today > support_table_date() + kFresh) {
    fix += fmt::format(
        " The table of support is of {}: newer days go into `support` of "
        "meshcheck.yaml.",
        to_string(support_table_date()));
  }
  finding.about(plane).field(container_field(plane, "image")).fix(std::move(fix));
}

}  // namespace

void mc315_unsupported_version(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const auto kubernetes = kubernetes_of(mesh);
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.version_known() || plane.version->major != 1) {
      sink.not_evaluated(fmt::format("the version of {} is not in the input", plane.name));
      continue;
    }
    const auto support = support_of(*plane.version, *mesh.settings);
    if (!support) {
      sink.not_evaluated(fmt::format("Istio {} is newer than the table of support, which is of {}",
                                     plane.version->minor_text(), to_string(support_table_date())));
      continue;
    }
    const Day today = sink.today();
    if (today > support->until) {
      report_end(plane, *support, today, sink);
    } else if (kubernetes) {
      judge_kubernetes(plane, *support, *kubernetes, sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
