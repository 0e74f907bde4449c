// Severity, documentation and parameters: rules/mc906-reserved-port-or-uid.yaml
#include <algorithm>
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::int64_t kProxyUser = 1337;
// istio.io: docs/ops/deployment/application-requirements, "Ports used by Istio".
constexpr std::array<std::int64_t, 10> kProxyPorts = {15000, 15001, 15002, 15004, 15006,
                                                      15008, 15020, 15021, 15053, 15090};

// Init containers run as 1337 on purpose: so they reach the network before the proxy is there.
bool is_application(Node container) { return container["name"].text() != kProxyContainer; }

// The field that makes the container run as the proxy's user; or missing.
Node proxy_user(Node pod_spec, Node container) {
  const Node own = container["securityContext"]["runAsUser"];
  const Node decides = own.is_null() ? pod_spec["securityContext"]["runAsUser"] : own;
  return decides.integer() == kProxyUser ? decides : Node{};
}

void judge_users(const Workload& workload, Node pod, Sink& sink) {
  Node last;  // the pod's own field is said once
  for (const Node container : pod["spec"]["containers"].items()) {
    const Node user = proxy_user(pod["spec"], container);
    if (!is_application(container) || !user || user == last) continue;
    last = user;
    sink.report(user,
                "container {} of {} {} runs as user {}, the proxy's own: its calls go past the "
                "sidecar",
                container["name"].text(), workload.kind, workload.name, kProxyUser)
        .object(workload.object->ref())
        .container(std::string(container["name"].text()))
        .field("securityContext.runAsUser")
        .fix("Run it as any other user.");
  }
}

void judge_ports(const Workload& workload, Node pod, Sink& sink) {
  for (const Node container : pod["spec"]["containers"].items()) {
    if (!is_application(container)) continue;
    for (const Node port : container["ports"].items()) {
      const auto number = port["containerPort"].integer();
      const std::string_view protocol = port["protocol"].text();
      const bool stream = protocol.empty() || protocol == "TCP";
      if (!stream || !number || std::ranges::count(kProxyPorts, *number) == 0) continue;
      sink.report_as("port", port["containerPort"],
                     "container {} of {} {} listens on port {}, which is its sidecar's",
                     container["name"].text(), workload.kind, workload.name, *number)
          .object(workload.object->ref())
          .container(std::string(container["name"].text()))
          .field(fmt::format("ports[{}]", *number))
          .fix("Let it listen elsewhere, and point targetPort of its Services there.");
    }
  }
}

}  // namespace

void mc906_reserved_port_or_uid(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const Workload& workload : mesh.workloads) {
    if (!workload.decision.injected) continue;
    if (workload.owned()) continue;
    sink.judged();
    const Node pod = workload.object->pod_template();
    const Node mode = pod["metadata"]["annotations"]["sidecar.istio.io/interceptionMode"];
    if (mode.text() != "NONE") judge_users(workload, pod, sink);
    judge_ports(workload, pod, sink);
  }
  if (sink.judged_count() == 0) {
    sink.not_evaluated("no workload that is known to get a sidecar is in the input",
                       {"Namespace", "Deployment"});
  }
}

}  // namespace meshcheck::rules
