// Severity, documentation and parameters: rules/mc406-gateway-without-resources.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kResources =
    "spec:\n"
    "  template:\n"
    "    spec:\n"
    "      containers:\n"
    "        - name: istio-proxy\n"
    "          resources:\n"
    "            requests: {cpu: 100m, memory: 128Mi}\n"
    "            limits: {cpu: \"2\", memory: 1Gi}\n";

// The template is asked for by name; whoever else says `image: auto` gets a sidecar's defaults.
bool is_injected_gateway(const Workload& workload) {
  const Node pod = workload.object->pod_template();
  return pod["metadata"]["annotations"]["inject.istio.io/templates"].text() == "gateway" &&
         !workload.owned();
}

std::string pod_spec_of(const Workload& workload) {
  if (workload.kind == "Pod") return "spec";
  return workload.kind == "CronJob" ? "spec.jobTemplate.spec.template.spec" : "spec.template.spec";
}

Node proxy_of(const Workload& workload) {
  for (const Node container : workload.object->pod_template()["spec"]["containers"].items()) {
    if (container["name"].text() == kProxyContainer) return container;
  }
  return {};
}

// Where the namespace's labels are not in the input, the container alone tells.
bool requests_nothing(const Workload& workload, Node container) {
  if (workload.sidecar) {
    const Resources& resources = workload.sidecar->resources;
    return resources.cpu_request.known() && resources.memory_request.known() &&
           !resources.cpu_request.value && !resources.memory_request.value;
  }
  const Node resources = container["resources"];
  return resources["requests"].size() == 0 && resources["limits"].size() == 0;
}

// A release of the chart `gateway`, whose own template is as bare.
bool is_bare_release(const Gateway& gateway) {
  const Resources& resources = gateway.resources;
  return resources.cpu_request.known() && resources.memory_request.known() &&
         !resources.cpu_request.value && !resources.memory_request.value;
}

void judge_release(const Gateway& gateway, Sink& sink) {
  if (!is_bare_release(gateway)) return sink.judged();
  const Node written = gateway.resources.memory_request.from.node;
  sink.report(written ? written : gateway.anchor,
              "gateway {} has no resources of its own, and the `gateway` template gives it none",
              gateway.name)
      .object({"apps/v1", gateway.kind, gateway.name_space, gateway.name, gateway.revision})
      .field("spec.template.spec.containers[istio-proxy].resources")
      .container(kProxyContainer)
      .fix("Leave the values' `resources` to the chart: 100m and 128Mi, limits 2 and 1Gi.");
}

}  // namespace

void mc406_gateway_without_resources(const Mesh& mesh, const Parameters&, Sink& sink) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    if (!is_injected_gateway(workload)) continue;
    if (workload.decision.known() && !workload.decision.injected) continue;
    any = true;
    const Node container = proxy_of(workload);
    if (!requests_nothing(workload, container)) {
      sink.judged();
      continue;
    }
    const Node name = container["name"];
    Draft finding = sink.report(
        name ? name : workload.object->anchor(),
        "gateway {} has no resources of its own, and the `gateway` template gives it none",
        workload.name);
    finding.object(workload.object->ref())
        .field(pod_spec_of(workload) + ".containers[istio-proxy].resources")
        .container(kProxyContainer)
        .fix(
            "Give the container istio-proxy requests and a memory limit; the gateway chart's are "
            "100m and 128Mi, limits 2 and 1Gi.");
    if (workload.kind == "Deployment" || workload.kind == "DaemonSet") {
      finding.patch(manifest_head(workload.object->ref()) + std::string(kResources));
    }
  }
  for (const Gateway& gateway : mesh.gateways) {
    if (gateway.workload != nullptr || gateway.method == InstallMethod::istiooperator) continue;
    any = true;
    judge_release(gateway, sink);
  }
  if (!any) {
    sink.not_evaluated("no gateway of the `gateway` template is in the input", {"Deployment"});
  }
}

}  // namespace meshcheck::rules
