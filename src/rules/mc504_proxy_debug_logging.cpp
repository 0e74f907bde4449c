// Severity, documentation and parameters: rules/mc504-proxy-debug-logging.yaml
#include <algorithm>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool is_verbose(std::string_view level) { return level == "debug" || level == "trace"; }

// "misc:error,rbac:debug": the first component at such a level, or the level that has no component.
std::string_view verbose_part(std::string_view levels) {
  while (!levels.empty()) {
    const std::string_view part = levels.substr(0, levels.find(','));
    const auto colon = part.find(':');
    if (is_verbose(colon == std::string_view::npos ? part : part.substr(colon + 1))) return part;
    levels.remove_prefix(std::min(part.size() + 1, levels.size()));
  }
  return {};
}

// What sets a level: for the mesh a chart value, for one workload an annotation.
struct Level {
  std::string_view value;
  std::string_view annotation;
  std::string_view usual;
  std::string_view who;  // logs at it
};

// The chart's defaults (istio: manifests/charts/istio-control/istio-discovery/values.yaml).
constexpr Level kProxy{"global.proxy.logLevel", "sidecar.istio.io/logLevel", "warning", "proxies"};
constexpr Level kComponent{"global.proxy.componentLogLevel", "sidecar.istio.io/componentLogLevel",
                           "misc:error", "proxies"};
constexpr Level kAgent{"global.logging.level", "sidecar.istio.io/agentLogLevel", "default:info",
                       "proxies' agents"};

void judge_mesh(const Mesh& mesh, const Injector& injector,
                const Traced<std::optional<std::string>>& set, const Level& level, Sink& sink) {
  const std::string_view part = verbose_part(set.value ? *set.value : std::string_view{});
  if (part.empty()) return;
  const Node where = set.from.node ? set.from.node : injector.anchor;
  const std::string_view key =
      level.who == kAgent.who ? level.value : level.value.substr(level.value.rfind('.') + 1);
  Draft finding = sink.report(where, "{} of the whole mesh log at {} level ({}){}", level.who,
                              part.substr(part.find(':') + 1), key, in_parentheses(set.from));
  const ControlPlane* plane = mesh.find_control_plane(injector.revision);
  const bool by_values = plane != nullptr && plane->deployment == nullptr;
  if (plane != nullptr) finding.about(*plane);
  if (!by_values) {
    finding.object({.api_version = "v1",
                    .kind = "ConfigMap",
                    .name_space = injector.name_space,
                    .name = injector.name,
                    .revision = injector.revision});
  }
  finding.field(std::string(level.value))
      .compare(*set.value, std::string(level.usual), set.from)
      .fix(fmt::format("Set {} to {} and restart the pods.", level.value, level.usual))
      .setting(std::string(level.value), std::string(level.usual));
}

// A Pod that a controller made says what the controller's template says; one of each is enough.
class Owners {
 public:
  explicit Owners(const Mesh& mesh) : mesh_(mesh) {}

  bool is_copy(const Workload& workload) {
    const Node owner = workload.object->metadata()["ownerReferences"].at(0);
    if (!owner) return false;
    std::string_view kind = owner["kind"].text();
    std::string_view name = owner["name"].text();
    if (kind == "ReplicaSet") {  // DEPLOYMENT-HASH, and not in the input
      kind = "Deployment";
      name = name.substr(0, name.rfind('-'));
    }
    if (mesh_.resources->find(kind, workload.name_space, name) != nullptr) return true;
    return !seen_.emplace(workload.name_space, name).second;
  }

 private:
  const Mesh& mesh_;
  std::set<std::pair<std::string_view, std::string_view>> seen_;
};

void judge_pod(const Mesh& mesh, const Workload& workload, const Level& level, Sink& sink) {
  const Node set = workload.object->pod_template()["metadata"]["annotations"][level.annotation];
  const std::string_view part = verbose_part(set.text());
  if (part.empty()) return;
  // Where nothing injects a proxy, nothing logs; where we cannot tell, the annotation shows the
  // intent.
  if (!workload.decision.injected && workload.decision.known()) return;
  const auto mark = investigation_of(mesh, workload);
  if (mark && mark->holds(mark->until ? sink.today() : Day{})) return;
  sink.report(set, "the {} of {} {} log at {} level", level.who, workload.kind, workload.name,
              part.substr(part.find(':') + 1))
      .object(workload.object->ref())
      .field(fmt::format("spec.template.metadata.annotations[{}]", level.annotation))
      .compare(std::string(set.text()), std::string(level.usual), {})
      .fix(level.who == kAgent.who
               ? "Take the annotation away."
               : fmt::format("Take the annotation away; in one running pod `istioctl proxy-config "
                             "log POD.{} --level debug` does the same until it ends.",
                             workload.name_space.empty() ? "NAMESPACE" : workload.name_space));
}

}  // namespace

void mc504_proxy_debug_logging(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.injectors.empty() && mesh.workloads.empty()) {
    sink.not_evaluated("neither a sidecar injector nor workloads are in the input",
                       {"ConfigMap istio-sidecar-injector", "Deployment"});
    return;
  }
  sink.judged();
  for (const Injector& injector : mesh.injectors) {
    judge_mesh(mesh, injector, injector.log_level, kProxy, sink);
    judge_mesh(mesh, injector, injector.component_log_level, kComponent, sink);
    judge_mesh(mesh, injector, injector.agent_log_level, kAgent, sink);
  }
  Owners owners(mesh);
  for (const Workload& workload : mesh.workloads) {
    if (owners.is_copy(workload)) continue;
    for (const Level& level : {kProxy, kComponent, kAgent}) {
      judge_pod(mesh, workload, level, sink);
    }
  }
}

}  // namespace meshcheck::rules
