// Severity, documentation and parameters: rules/mc911-missing-waypoint.yaml
#include <map>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Use {
  Node label;
  const Resource* object = nullptr;
};

// Namespace and name of a Gateway.
using Waypoint = std::pair<std::string_view, std::string_view>;

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink) {
    for (const Resource* gateway : mesh.resources->of_kind("Gateway")) {
      if (gateway->group() != kGatewayApi) continue;
      const bool placed = !gateway->metadata()["namespace"].text().empty();
      waypoints_.emplace(placed ? gateway->name_space() : "", gateway->name());
      any_ |= is_waypoint(*gateway);
    }
  }

  // `labels` of the object itself or of its pods.
  void use(const Resource& object, Node labels) {
    const Node name = labels[kUseWaypoint];
    if (name.is_null() || name.text().empty() || name.text() == "none") return;
    const std::string_view named = labels[kUseWaypointNamespace].text();
    const bool is_namespace = object.kind() == "Namespace";
    const std::string_view own = is_namespace ? object.name() : object.name_space();
    const bool placed = is_namespace || !object.metadata()["namespace"].text().empty();
    const Waypoint wanted{named.empty() ? own : named, name.text()};
    if (exists(wanted) || (!placed && named.empty())) {
      exists(wanted) ? sink_.judged() : unknown(wanted);
      return;
    }
    missing_[wanted].push_back({name, &object});
  }

  void report() {
    for (const auto& [waypoint, uses] : missing_) {
      if (!knows_gateways_of(waypoint.first)) {
        unknown(waypoint);
        continue;
      }
      const Use& first = uses.front();
      Draft finding = sink_.report(
          first.label,
          "{} {} uses waypoint {}, which is not in namespace {}: its traffic goes past "
          "all L7 policies",
          first.object->kind(), first.object->name(), waypoint.second, waypoint.first);
      finding.object(first.object->ref()).field(fmt::format("metadata.labels[{}]", kUseWaypoint));
      for (const Use& other : std::span(uses).subspan(1)) {
        finding.related("uses it too", other.label, other.object->ref());
      }
      finding.fix("Deploy the waypoint, or name one that is there.").patch(manifest(waypoint));
    }
  }

 private:
  bool exists(const Waypoint& wanted) const {
    return waypoints_.contains(wanted) || waypoints_.contains({"", wanted.second}) ||
           !mesh_.policy_targets.of_gateway(wanted.first, wanted.second)->empty();
  }

  // Waypoints are often made by `istioctl waypoint apply` and kept in no file.
  bool knows_gateways_of(std::string_view name_space) const {
    return mesh_.covers("Gateway", name_space) || (any_ && mesh_.covers("Deployment", name_space));
  }

  void unknown(const Waypoint& waypoint) {
    sink_.not_evaluated(fmt::format("waypoint {}/{} is not in the input, nor all of its namespace",
                                    waypoint.first, waypoint.second),
                        {"Gateway"});
  }

  static std::string manifest(const Waypoint& waypoint) {
    return manifest_head({.api_version = "gateway.networking.k8s.io/v1",
                          .kind = "Gateway",
                          .name_space = std::string(waypoint.first),
                          .name = std::string(waypoint.second),
                          .revision = {}}) +
           "spec:\n  gatewayClassName: istio-waypoint\n  listeners:\n"
           "    - {name: mesh, port: 15008, protocol: HBONE}\n";
  }

  const Mesh& mesh_;
  Sink& sink_;
  std::set<Waypoint> waypoints_;  // of the namespace "" where their manifest names none
  bool any_ = false;              // the input holds waypoints
  std::map<Waypoint, std::vector<Use>> missing_;
};

}  // namespace

void mc911_missing_waypoint(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  Judge judge(mesh, sink);
  for (const char* kind : {"Namespace", "Service", "ServiceEntry", "WorkloadEntry"}) {
    for (const Resource* object : mesh.resources->of_kind(kind)) {
      judge.use(*object, object->labels());
    }
  }
  for (const Workload& workload : mesh.workloads) {
    if (workload.owned()) continue;
    judge.use(*workload.object, workload.pod_labels());
  }
  judge.report();
  if (sink.judged_count() == 0 && sink.skipped().empty()) {
    sink.not_evaluated("nothing in the input uses a waypoint", {"Namespace"});
  }
}

}  // namespace meshcheck::rules
