// Severity, documentation and parameters: rules/mc314-stale-control-plane.yaml
#include <algorithm>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::set<std::string_view> used_revisions(const Mesh& mesh) {
  std::set<std::string_view> used;
  for (const RevisionTag& tag : mesh.tags) used.insert(tag.revision);
  for (const Namespace& name_space : mesh.namespaces) used.insert(name_space.decision.revision);
  for (const Workload& workload : mesh.workloads) {
    used.insert(workload.decision.revision);
    used.insert(workload.running_revision);
  }
  for (const Gateway& gateway : mesh.gateways) used.insert(gateway.revision);
  for (const RequestedGateway& gateway : mesh.requested_gateways) used.insert(gateway.revision);
  return used;
}

// A newer revision that nothing uses has just been installed, to be tried.
bool has_newer(const Mesh& mesh, const ControlPlane& plane) {
  return std::ranges::any_of(mesh.control_planes, [&](const ControlPlane& other) {
    return other.version && plane.version && !other.retired() &&
           !plane.version->at_least(other.version->major, other.version->minor,
                                    other.version->patch);
  });
}

void report_too_many(const Mesh& mesh, const std::set<std::string_view>& revisions, Sink& sink) {
  const ControlPlane& first = mesh.control_planes.front();
  Draft finding = sink.report(first.anchor, "{} revisions run at once: {}", revisions.size(),
                              fmt::join(revisions, ", "));
  finding.object(first.object)
      .field("metadata.labels[istio.io/rev]")
      .compare(std::to_string(revisions.size()), "at most 2", {})
      .fix("Move what uses the oldest, then `istioctl uninstall --revision …` it.");
  for (const ControlPlane& plane : mesh.control_planes) {
    finding.related("revision " + plane.revision, plane.anchor, plane.object);
  }
}

}  // namespace

void mc314_stale_control_plane(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.control_planes.empty()) return;
  if (!mesh.revisions_known()) {
    sink.not_evaluated("which revisions run is not in the input");
    return;
  }
  std::set<std::string_view> running;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.retired()) running.insert(plane.revision);
  }
  sink.judged();
  if (running.size() > 2) report_too_many(mesh, running, sink);
  if (running.size() < 2) return;
  const bool users_shown = std::ranges::any_of(
      mesh.namespaces, [](const Namespace& one) { return one.decision.injected; });
  if (!users_shown) {
    sink.not_evaluated("no namespace that some revision injects is in the input", {"Namespace"});
    return;
  }
  const auto used = used_revisions(mesh);
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.retired() || used.contains(plane.revision) || !has_newer(mesh, plane)) continue;
    sink.report(plane.anchor, "nothing in the input uses revision {}, and a newer one runs",
                plane.revision)
        .about(plane)
        .field("metadata.labels[istio.io/rev]")
        .fix(fmt::format("See that no proxy is left on it (`istioctl proxy-status --revision {}`), "
                         "then `istioctl uninstall --revision {}`.",
                         plane.revision, plane.revision));
  }
}

}  // namespace meshcheck::rules
