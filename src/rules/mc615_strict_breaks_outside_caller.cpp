// Severity, documentation and parameters: rules/mc615-strict-breaks-outside-caller.yaml
#include <map>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The policy that selects the workload already, as it should be: a second one would not count.
std::string with_exception(const PeerAuthentication& policy, std::int64_t port) {
  std::string patch =
      manifest_head(policy.object->ref()) +
      fmt::format("spec:\n  selector:\n    matchLabels: {}\n", flow_mapping(policy.selector));
  if (policy.mode.value != MtlsMode::unset) {
    patch += fmt::format("  mtls:\n    mode: {}\n", to_string(policy.mode.value));
  }
  patch += "  portLevelMtls:\n";
  for (const PeerAuthentication::Port& one : policy.ports) {
    if (one.number == port) continue;
    patch += fmt::format("    \"{}\":\n      mode: {}\n", one.number, to_string(one.mode));
  }
  return patch + fmt::format("    \"{}\":\n      mode: PERMISSIVE\n", port);
}

std::string exception_for(const Mesh& mesh, const Workload& workload, std::int64_t port) {
  const PeerAuthentication* own = mesh.mtls->of(workload).policy;
  if (own != nullptr) return with_exception(*own, port);
  ObjectRef ref = workload.object->ref();
  ref.api_version = "security.istio.io/v1";
  ref.kind = "PeerAuthentication";
  const auto services = mesh.workload_index->services_of(workload);
  const Node labels = services.empty() ? workload.pod_labels() : services[0]->spec()["selector"];
  return manifest_head(ref) +
         fmt::format(
             "spec:\n  selector:\n    matchLabels: {}\n  portLevelMtls:\n    \"{}\":\n"
             "      mode: PERMISSIVE\n",
             flow_mapping(labels), port);
}

void report(const Mesh& mesh, const std::vector<const OutsideCall*>& calls, Sink& sink) {
  const OutsideCall& first = *calls.front();
  const Workload& workload = *first.workload;
  const Traced<MtlsMode>& mode = mesh.mtls->of(workload).on(first.port);
  std::set<std::string> callers;
  for (const OutsideCall* call : calls) callers.insert(call->caller);
  constexpr const char* kMessage =
      "mTLS is STRICT on port {} of {} {}, which {} {} without a certificate of the mesh";
  const char* verb = callers.size() == 1 ? "calls" : "call";
  const Node where = workload.object->anchor();
  Draft finding = first.api_server
                      ? sink.report(where, kMessage, first.port, workload.kind, workload.name,
                                    fmt::join(callers, " and "), verb)
                      : sink.report_as("other-caller", where, kMessage, first.port, workload.kind,
                                       workload.name, fmt::join(callers, " and "), verb);
  finding.object(workload.object->ref()).field(fmt::format("ports[{}]", first.port));
  for (const OutsideCall* call : calls) finding.related("the call", call->where, call->object);
  if (mode.from.kind == Provenance::Kind::input) {
    finding.related("STRICT is set here", mode.from.node);
  }
  finding
      .fix(fmt::format("Let port {} alone take plaintext{}.", first.port,
                       mesh.mtls->of(workload).policy != nullptr
                           ? ", in the policy that selects these pods already"
                           : ""))
      .patch(exception_for(mesh, workload, first.port));
}

}  // namespace

void mc615_strict_breaks_outside_caller(const Mesh& mesh, const Parameters& /*parameters*/,
                                        Sink& sink) {
  const std::vector<OutsideCall> calls = outside_calls(mesh);
  std::map<std::pair<std::size_t, std::int64_t>, std::vector<const OutsideCall*>> by_port;
  for (const OutsideCall& call : calls) {
    const Traced<MtlsMode>& mode = mesh.mtls->of(*call.workload).on(call.port);
    if (!mode.known()) {
      sink.not_evaluated(mode.from.text, {"PeerAuthentication"});
      continue;
    }
    sink.judged();
    if (mode.value != MtlsMode::strict) continue;
    const auto order = static_cast<std::size_t>(call.workload - mesh.workloads.data());
    by_port[{order, call.port}].push_back(&call);
  }
  for (const auto& [port, reaching] : by_port) report(mesh, reaching, sink);
}

}  // namespace meshcheck::rules
