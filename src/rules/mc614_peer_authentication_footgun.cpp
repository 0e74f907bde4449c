// Severity, documentation and parameters: rules/mc614-peer-authentication-footgun.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::string name_of(const PeerAuthentication& policy) {
  if (policy.name_space.empty()) return "PeerAuthentication " + policy.name;
  return fmt::format("PeerAuthentication {}/{}", policy.name_space, policy.name);
}

// Where a mode is written: for what inherits it from there.
void relate_origin(Draft& finding, const Traced<MtlsMode>& mode) {
  if (mode.from.kind == Provenance::Kind::input)
    finding.related("STRICT is set here", mode.from.node);
}

void judge_shape(const PeerAuthentication& policy, Sink& sink) {
  const Node spec = policy.object->spec();
  if (policy.in_root && policy.selector) {
    sink.report(spec.key("selector"),
                "{} has a selector in the root namespace: istiod ignores it altogether",
                name_of(policy))
        .object(policy.object->ref())
        .field("spec.selector")
        .fix(
            "Move it to the namespace of the workloads it is for. In the root namespace only a "
            "policy without a selector counts, and it is the mesh's.");
  }
  if (!policy.selector && spec["portLevelMtls"].size() != 0) {
    sink.report(spec.key("portLevelMtls"),
                "{} has portLevelMtls and no selector: istiod refuses it, and where it got in its "
                "ports count for nothing",
                name_of(policy))
        .object(policy.object->ref())
        .field("spec.portLevelMtls")
        .fix("Add selector.matchLabels with the labels of the one workload whose ports they are.");
  }
}

void report_rivals(const MtlsRivals& rivals, Sink& sink) {
  const PeerAuthentication& winner = *rivals.winner;
  const PeerAuthentication& loser = *rivals.loser;
  Draft finding =
      rivals.decided
          ? sink.report_as(
                "weakened", loser.object->anchor(), "{} is ignored: {} is for {} too, and {}",
                name_of(loser), winner.name, rivals.what,
                created(loser) == created(winner) ? "comes first by its name, as old" : "older")
          : sink.report_as("weakened", loser.object->anchor(),
                           "{} and {} are both for {}: only the one that was created first counts",
                           name_of(loser), winner.name, rivals.what);
  finding.object(loser.object->ref())
      .field("spec.selector")
      .related("the other", winner.object->anchor(), winner.object->ref())
      .fix(fmt::format("Merge the two into {} and delete {}.", winner.name, loser.name));
}

bool all_ambient(const Mesh& mesh, const PeerAuthentication& policy) {
  const auto workloads = policy.selector ? std::span<const Workload* const>(policy.selected)
                                         : mesh.workload_index->in_namespace(policy.name_space);
  return !workloads.empty() && std::ranges::all_of(workloads, [](const Workload* workload) {
    return workload->decision.reason == InjectionReason::ambient;
  });
}

void judge_mode(const Mesh& mesh, const PeerAuthentication& policy, Sink& sink) {
  if (!policy.mode.known() || !admits_plaintext(policy.mode.value)) return;
  if (policy.in_root) return;  // judged as the mesh's
  const Traced<MtlsMode> above = mesh.mtls->above(policy);
  const bool weakens = above.known() && above.value == MtlsMode::strict;
  const bool ambient = policy.mode.value == MtlsMode::disable && all_ambient(mesh, policy);
  if (ambient && !weakens) {
    sink.report_as("exception", policy.mode.from.node,
                   "{} says DISABLE, which ztunnel takes for PERMISSIVE: callers in the mesh keep "
                   "using mTLS",
                   name_of(policy))
        .object(policy.object->ref())
        .field("spec.mtls.mode")
        .fix("Write PERMISSIVE, which is what happens.");
  }
  if (!weakens) return;
  const MtlsMode mode = ambient ? MtlsMode::permissive : policy.mode.value;
  Draft finding = sink.report_as(
      "weakened", policy.mode.from.node, "{} takes {} back to {}{}: {} plaintext on every port",
      name_of(policy), policy.selector ? "its workloads" : namespace_of(policy), to_string(mode),
      ambient ? ", which is what ztunnel takes DISABLE for" : "",
      mode == MtlsMode::disable ? "they take only" : "they take");
  finding.object(policy.object->ref())
      .field("spec.mtls.mode")
      .compare(std::string(to_string(policy.mode.value)), "STRICT", {})
      .fix(policy.selector
               ? "Name the ports that callers outside the mesh need in portLevelMtls, as "
                 "PERMISSIVE, "
                 "and take `mtls` out, so that the others stay STRICT."
               : "Take it out, and give each workload that callers outside the mesh need a policy "
                 "with a selector and those ports in portLevelMtls, as PERMISSIVE.");
  relate_origin(finding, above);
}

void report_misnamed(const PeerAuthentication& policy, const MisnamedPort& misnamed, Sink& sink) {
  const PeerAuthentication::Port& port = *misnamed.port;
  const Workload& workload = *misnamed.workload;
  const PodPorts& known = misnamed.known;
  const auto service = known.services.find(port.number);
  const bool of_service = service != known.services.end();
  const std::string others =
      policy.selected.size() == 1
          ? std::string()
          : fmt::format(", nor of the other {} that it selects", policy.selected.size() - 1);
  Draft finding =
      of_service ? sink.report_as("weakened", port.key,
                                  "{} names port {}, which is the Service's: the pods of {} {} "
                                  "listen on {}, which it leaves as it was",
                                  name_of(policy), port.number, workload.kind, workload.name,
                                  service->second)
                 : sink.report_as("weakened", port.key,
                                  "{} names port {}, which is none of {} {}'s: they are {}{}",
                                  name_of(policy), port.number, workload.kind, workload.name,
                                  fmt::join(known.pods, ", "), others);
  finding.object(policy.object->ref())
      .field(fmt::format("spec.portLevelMtls[{}]", port.number))
      .related("its pods", workload.object->anchor(), workload.object->ref())
      .fix(of_service
               ? fmt::format(
                     "Write \"{}\": portLevelMtls takes the pod's port, never the Service's.",
                     service->second)
               : "Write the number of the port that the container listens on.");
}

void judge_open_ports(const PeerAuthentication& policy,
                      const std::vector<const PeerAuthentication::Port*>& open, Sink& sink) {
  if (open.empty()) return;
  std::vector<std::int64_t> numbers;
  for (const PeerAuthentication::Port* port : open) numbers.push_back(port->number);
  if (policy.selected.empty()) {
    // Whoever wrote the one port down had a caller in mind.
    return sink.not_evaluated(
        fmt::format("who calls port {} of the pods that {} selects is not in the input",
                    fmt::join(numbers, ", "), name_of(policy)),
        {"Deployment", "Service"});
  }
  sink.report_as("exception", open.front()->value,
                 "{} leaves port {} open to plaintext; the others are STRICT", name_of(policy),
                 fmt::join(numbers, ", "))
      .object(policy.object->ref())
      .field("spec.portLevelMtls")
      .fix(
          "Nothing, where callers outside the mesh need the port: this is how an exception is "
          "written. Else take it out.");
}

void judge_clients(const Mesh& mesh, Sink& sink) {
  for (const RefusedClients& refused : refused_clients(mesh)) {
    const Resource& rule = *refused.rule;
    sink.report(refused.tls_mode,
                "DestinationRule {}/{} has clients call {} with tls.mode {}, and mTLS is STRICT on "
                "port {} of {} {}: every request {}is refused",
                rule.name_space(), rule.name(), rule.spec()["host"].text(), refused.tls_mode.text(),
                refused.port, refused.workload->kind, refused.workload->name,
                refused.many_hosts ? "to it " : "")
        .object(rule.ref())
        .field(refused.field)
        .related("STRICT is set here", refused.strict)
        .compare(std::string(refused.tls_mode.text()), "ISTIO_MUTUAL", {})
        .fix(
            "Take `tls` out: without it clients in the mesh use mTLS by themselves. "
            "`mode: ISTIO_MUTUAL` says the same aloud.");
  }
}

void judge_auto_mtls(const Mesh& mesh, Sink& sink) {
  for (const MeshConfig& config : mesh.mesh_configs) {
    const Node node = config.field("enableAutoMtls");
    if (node.boolean() != false) continue;
    sink.report_as("weakened", node,
                   "enableAutoMtls is false: clients in the mesh send plaintext to every host "
                   "without a DestinationRule that says ISTIO_MUTUAL")
        .object({"v1", "ConfigMap", config.name_space, config.name, config.revision})
        .field("enableAutoMtls")
        .compare("false", "true", {})
        .fix("Take it out; true is the default.");
  }
}

void judge_mesh(const Mesh& mesh, Sink& sink) {
  const Mtls& mtls = *mesh.mtls;
  if (!mtls.mesh_wide.known()) {
    sink.not_evaluated(mtls.mesh_wide.from.text, {"PeerAuthentication"});
    return;
  }
  const bool said = mtls.mesh_policy != nullptr && mtls.mesh_wide.from.node;
  if (!said && mesh.control_planes.empty()) return;  // there is no mesh to be for
  sink.judged();
  if (mtls.mesh_wide.value == MtlsMode::strict || is_strict_throughout(mesh)) return;
  const auto plane =
      std::ranges::find(mesh.control_planes, mtls.root_namespace, &ControlPlane::name_space);
  const ControlPlane* owner = nullptr;
  if (!said) {
    owner = plane == mesh.control_planes.end() ? &mesh.control_planes.front() : &*plane;
  }
  Draft finding =
      said ? sink.report_as("weakened", mtls.mesh_wide.from.node,
                            "mTLS is {} mesh-wide ({}): workloads take plaintext from callers "
                            "without an identity",
                            to_string(mtls.mesh_wide.value), name_of(*mtls.mesh_policy))
           : sink.report_as("weakened", owner->anchor,
                            "no PeerAuthentication makes mTLS STRICT mesh-wide: workloads take "
                            "plaintext from callers without an identity");
  finding.object(said ? mtls.mesh_policy->object->ref() : owner->ref())
      .field(said ? "spec.mtls.mode" : "")  // istiod's Deployment has no such field
      .fix(
          fmt::format("Once no caller outside the mesh is left, or each has a policy for its port, "
                      "apply this in {}, the root namespace.",
                      mtls.root_namespace))
      .patch(manifest_head({.api_version = "security.istio.io/v1",
                            .kind = "PeerAuthentication",
                            .name_space = mtls.root_namespace,
                            .name = said ? mtls.mesh_policy->name : "default",
                            .revision = {}}) +
             "spec:\n  mtls:\n    mode: STRICT\n");
}

}  // namespace

void mc614_peer_authentication_footgun(const Mesh& mesh, const Parameters& /*parameters*/,
                                       Sink& sink) {
  const OutsidePorts outside(mesh);
  for (const PeerAuthentication& policy : mesh.mtls->policies) {
    sink.judged();
    judge_shape(policy, sink);
    if (mesh.mtls->is_ignored(policy)) continue;  // what it says counts for nothing
    judge_mode(mesh, policy, sink);
    const std::vector<MisnamedPort> misnamed = misnamed_ports(mesh, policy);
    for (const MisnamedPort& port : misnamed) report_misnamed(policy, port, sink);
    judge_open_ports(policy, open_ports(mesh, policy, misnamed, outside), sink);
  }
  for (const MtlsRivals& rivals : mtls_rivals(mesh)) report_rivals(rivals, sink);
  judge_clients(mesh, sink);
  judge_auto_mtls(mesh, sink);
  judge_mesh(mesh, sink);
}

}  // namespace meshcheck::rules
