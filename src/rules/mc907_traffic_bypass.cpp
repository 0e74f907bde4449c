// Severity, documentation and parameters: rules/mc907-traffic-bypass.yaml
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr const char* kExcludedPorts = "traffic.sidecar.istio.io/excludeInboundPorts";
constexpr const char* kIncludedPorts = "traffic.sidecar.istio.io/includeInboundPorts";
constexpr const char* kExcludedRanges = "traffic.sidecar.istio.io/excludeOutboundIPRanges";
constexpr const char* kIncludedRanges = "traffic.sidecar.istio.io/includeOutboundIPRanges";
constexpr const char* kExcludedCalls = "traffic.sidecar.istio.io/excludeOutboundPorts";
constexpr const char* kInterception = "sidecar.istio.io/interceptionMode";

std::string field_of(const char* annotation) {
  return fmt::format("spec.template.metadata.annotations[{}]", annotation);
}

Node annotations_of(const Workload& workload) {
  return workload.object->pod_template()["metadata"]["annotations"];
}

bool catches_nothing(const Workload& workload) {
  return annotations_of(workload)[kInterception].text() == "NONE";
}

// Scraped from outside the mesh; kept open on purpose.
bool is_for_metrics(const Workload& workload, Node port, std::int64_t number) {
  const std::string_view name = port["name"].text();
  return name.find("metrics") != std::string_view::npos ||
         name.find("prom") != std::string_view::npos ||
         port_number(annotations_of(workload)["prometheus.io/port"].text()) == number;
}

// The ports on which somebody reaches the pod past its sidecar; false: open on purpose.
std::map<std::int64_t, bool> bypassed_ports(const Mesh& mesh, const ApiServerCalls& calls,
                                            const Workload& workload) {
  constexpr std::array<std::int64_t, 4> kProxys = {15008, 15020, 15021, 15090};
  std::map<std::int64_t, bool> ports;
  const auto add = [&](std::optional<std::int64_t> number, bool unmeant) {
    if (!number || std::ranges::count(kProxys, *number) != 0) return;
    if (takes_inbound(workload, *number)) return;
    const auto [at, is_new] = ports.try_emplace(*number, unmeant);
    if (!is_new) at->second &= unmeant;
  };
  for (const Node container : workload.object->pod_template()["spec"]["containers"].items()) {
    if (container["name"].text() == kProxyContainer) continue;
    for (const Node port : container["ports"].items()) {
      const auto number = port["containerPort"].integer();
      if (number) add(number, !is_for_metrics(workload, port, *number));
    }
  }
  for (const Resource* service : mesh.workload_index->services_of(workload)) {
    for (const Node port : service->spec()["ports"].items()) {
      const auto number = container_port(port, workload);
      if (!number) continue;
      add(number, !is_for_metrics(workload, port, *number) && !calls.reaches(*service, port));
    }
  }
  return ports;
}

bool names_port(const AuthorizationPolicy& policy, std::int64_t port) {
  return std::ranges::any_of(policy.rules, [&](const AuthorizationRule& rule) {
    const auto listed = ports_of(rule).listed;
    return std::ranges::count(listed, port) != 0;
  });
}

// It would decide something there: an ALLOW refuses what it does not name.
bool is_about_port(const AuthorizationPolicy& policy, std::int64_t port) {
  return policy.action == PolicyAction::allow ||
         std::ranges::any_of(
             policy.rules, [&](const AuthorizationRule& rule) { return is_for_port(rule, port); });
}

struct Inbound {
  std::map<std::int64_t, bool> ports;
  std::vector<const AuthorizationPolicy*> policies;  // that enforce
};

void report_inbound(const Mesh& mesh, const Workload& workload, const Inbound& inbound,
                    Sink& sink) {
  const Node annotations = annotations_of(workload);
  const char* annotation =
      annotations[kExcludedPorts].text().empty() ? kIncludedPorts : kExcludedPorts;
  if (catches_nothing(workload)) annotation = kInterception;
  const auto finish = [&](Draft finding) {
    finding.object(workload.object->ref())
        .field(field_of(annotation))
        .fix(
            "Let the sidecar take the port again. For callers without a sidecar make that port "
            "PERMISSIVE with portLevelMtls: policies hold there still.");
  };
  for (const auto& [port, unmeant] : inbound.ports) {
    for (const AuthorizationPolicy* policy : inbound.policies) {
      if (!names_port(*policy, port)) continue;
      Draft finding =
          sink.report_as("policy", annotations[annotation],
                         "port {} of {} {} goes past its sidecar: AuthorizationPolicy {} is for "
                         "that port and decides nothing",
                         port, workload.kind, workload.name, policy->name);
      finding.related("the policy", policy->object->anchor(), policy->object->ref());
      return finish(finding);
    }
  }
  for (const auto& [port, unmeant] : inbound.ports) {
    const WorkloadMtls& mtls = mesh.mtls->of(workload);
    const Traced<MtlsMode>& mode = mtls.on(port);
    const bool strict = mtls.enforced && mode.known() && mode.value == MtlsMode::strict;
    const bool decided = std::ranges::any_of(
        inbound.policies, [&](const auto* policy) { return is_about_port(*policy, port); });
    if (!unmeant || (!strict && !decided)) continue;
    return finish(sink.report(annotations[annotation], "port {} of {} {} goes past its sidecar: {}",
                              port, workload.kind, workload.name,
                              strict ? "anyone reaches it in plaintext, though mTLS is STRICT"
                                     : "authorization policies decide nothing there"));
  }
}

// Only what the registry knows may leave the sidecars of the revision.
const MeshConfig* locked_exit(const Mesh& mesh, std::string_view revision) {
  for (const MeshConfig& config : mesh.mesh_configs) {
    if (config.revision != revision) continue;
    return config.field("outboundTrafficPolicy")["mode"].text() == "REGISTRY_ONLY" ? &config
                                                                                   : nullptr;
  }
  return nullptr;
}

// A proxy that only fetches certificates for the application takes none of its traffic (istio.io:
// docs/ops/integrations/prometheus, "TLS settings").
bool only_fetches_certificates(Node annotations) {
  return annotations["proxy.istio.io/config"].text().find("OUTPUT_CERTS") != std::string_view::npos;
}

bool is_metadata_server(std::string_view ranges) {
  return ranges == "169.254.169.254/32" || ranges == "169.254.169.254";
}

void judge_outbound(const Mesh& mesh, const Workload& workload, Sink& sink) {
  const Node annotations = annotations_of(workload);
  const auto report = [&](const char* annotation, std::string_view what) -> Draft {
    Draft finding = sink.report(annotations[annotation], "{} {} {} past its sidecar", workload.kind,
                                workload.name, what);
    finding.object(workload.object->ref()).field(field_of(annotation));
    return finding;
  };
  const Node included = annotations[kIncludedRanges];
  const std::string_view excluded = annotations[kExcludedRanges].text();
  const bool none_included = included && included.text().empty();
  if (none_included || excluded.find("0.0.0.0/0") != std::string_view::npos) {
    report(none_included ? kIncludedRanges : kExcludedRanges, "makes all its calls")
        .fix("Take the annotation away, or the workload out of the mesh.");
    return;
  }
  const MeshConfig* lock = locked_exit(mesh, workload.decision.revision);
  if (lock == nullptr) return;
  const bool by_port = !annotations[kExcludedCalls].text().empty();
  const bool by_range = !excluded.empty() && !is_metadata_server(excluded);
  if (!by_port && !by_range) return;
  report(by_port ? kExcludedCalls : kExcludedRanges, "makes some of its calls")
      .related("the mesh lets out only what its registry knows",
               lock->field("outboundTrafficPolicy")["mode"])
      .fix("Declare what it calls with a ServiceEntry, and take the annotation away.");
}

std::unordered_map<const Workload*, Inbound> inbound_bypasses(const Mesh& mesh, Sink& sink) {
  const ApiServerCalls calls(mesh);
  std::set<const Resource*> gateways;
  for (const Gateway& gateway : mesh.gateways) gateways.insert(gateway.workload);
  std::unordered_map<const Workload*, Inbound> found;
  for (const Workload& workload : mesh.workloads) {
    if (!workload.decision.injected || gateways.contains(workload.object)) continue;
    if (workload.owned()) continue;
    sink.judged();
    if (only_fetches_certificates(annotations_of(workload))) continue;
    if (!catches_nothing(workload)) {
      judge_outbound(mesh, workload, sink);
    } else if (!mesh.resources->in_namespace("Sidecar", workload.name_space).empty()) {
      continue;  // it may say which ports to use instead, with captureMode NONE
    }
    auto ports = bypassed_ports(mesh, calls, workload);
    if (!ports.empty()) found[&workload].ports = std::move(ports);
  }
  return found;
}

}  // namespace

void mc907_traffic_bypass(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  auto bypasses = inbound_bypasses(mesh, sink);
  if (sink.judged_count() == 0) {
    sink.not_evaluated("no workload that is known to get a sidecar is in the input",
                       {"Namespace", "Deployment"});
  }
  if (bypasses.empty()) return;
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (!policy.enforces()) continue;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      const auto at = bypasses.find(target->workload);
      if (at != bypasses.end()) at->second.policies.push_back(&policy);
    }
  }
  for (const Workload& workload : mesh.workloads) {
    const auto at = bypasses.find(&workload);
    if (at != bypasses.end()) report_inbound(mesh, workload, at->second, sink);
  }
}

}  // namespace meshcheck::rules
