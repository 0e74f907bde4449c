// Severity, documentation and parameters: rules/mc210-istiod-anti-affinity.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using Strength = Spread::Strength;

std::string constraint(const ControlPlane& plane, std::string_view topology,
                       std::string_view when) {
  return fmt::format(
             "- maxSkew: 1\n"
             "  topologyKey: {}\n"
             "  whenUnsatisfiable: {}\n"
             "  matchLabelKeys: [pod-template-hash]\n"
             "  labelSelector:\n"
             "    matchLabels:\n",
             topology, when) +
         indented(pod_selector(plane), 6);
}

// The whole list, since values replace lists; hostnames only where nothing else keeps them apart.
std::string constraints(const ControlPlane& plane) {
  const bool apart = plane.spread.host == Strength::required && !plane.spread.topology_spread;
  std::string list;
  if (!apart) list = constraint(plane, "kubernetes.io/hostname", "DoNotSchedule");
  return list + constraint(plane, "topology.kubernetes.io/zone", "ScheduleAnyway");
}

void add_fix(Draft& finding, const ControlPlane& plane) {
  const std::string list = constraints(plane);
  finding
      .fix(plane.spread.host == Strength::required ? "Spread the replicas over zones too."
                                                   : "Spread the replicas over nodes and zones.")
      .setting("topologySpreadConstraints", list)
      .patch(manifest_head(plane.object) +
             "spec:\n  template:\n    spec:\n      topologySpreadConstraints:\n" +
             indented(list, 8));
}

// Anti-affinity on zones keeps nodes apart as well; constraints on zones only balance them.
bool on_separate_nodes(const Spread& spread) {
  return spread.host == Strength::required ||
         (spread.zone == Strength::required && spread.anti_affinity == Strength::required);
}

// Why what stands there does not help, or nothing where nothing stands there.
std::string_view why(const Spread& spread) {
  if (spread.zone == Strength::preferred) return ": it only prefers separate zones";
  if (spread.from.kind != Provenance::Kind::input) return "";
  return ": what keeps pods apart here selects other pods, or does not go by hostname";
}

Draft report(const ControlPlane& plane, Sink& sink) {
  const Spread& spread = plane.spread;
  const Node where = plane.place(spread.from);
  if (on_separate_nodes(spread)) {
    return sink.report_as("one-zone", where, "{}'s replicas may all run in one zone", plane.name);
  }
  if (spread.host == Strength::preferred) {
    return sink.report_as("soft", where,
                          "{}'s replicas only prefer separate nodes: they may share one where room "
                          "is short",
                          plane.name);
  }
  if (spread.zone == Strength::required) {
    return sink.report_as("soft", where,
                          "{}'s replicas are spread over zones, but may share a node within one",
                          plane.name);
  }
  return sink.report(where, "{}'s replicas may all run on one node{}", plane.name, why(spread));
}

void judge(const ControlPlane& plane, Sink& sink) {
  const Spread& spread = plane.spread;
  if (!plane.spread_known) {
    sink.not_evaluated(
        fmt::format("how {}'s replicas are spread is not known: {}", plane.name, spread.from.text));
    return;
  }
  if (plane.retired() || (on_separate_nodes(spread) && spread.zone != Strength::none)) {
    return sink.judged();
  }
  Draft finding = report(plane, sink);
  finding.about(plane).field(plane.deployment != nullptr
                                 ? "spec.template.spec.topologySpreadConstraints"
                                 : "topologySpreadConstraints");
  add_fix(finding, plane);
}

}  // namespace

void mc210_istiod_anti_affinity(const Mesh& mesh, const Parameters&, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) judge(plane, sink);
}

}  // namespace meshcheck::rules
