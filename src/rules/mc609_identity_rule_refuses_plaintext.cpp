// Severity, documentation and parameters: rules/mc609-identity-rule-refuses-plaintext.yaml
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Where a policy asks for an identity that plaintext callers lack, or excludes all but some.
Node refusal(const AuthorizationPolicy& policy, const AuthorizationRule& rule) {
  if (policy.action == PolicyAction::deny) return excluded_identity(rule);
  return needs_identity(rule) ? wanted_identity(rule) : Node{};
}

// An ALLOW that takes a plaintext caller on the port.
bool takes_plaintext(const AuthorizationRule& rule, std::int64_t port) {
  return !needs_identity(rule) && is_for_port(rule, port);
}

// A workload that is not STRICT on the rule's ports and refuses plaintext there all the same; its
// mode there, or `unset`.
MtlsMode open_mode(const Mesh& mesh, const Workload& workload, const RulePorts& ports, Sink& sink) {
  const WorkloadMtls& mtls = mesh.mtls->of(workload);
  if (!mtls.enforced || (!ports.all && ports.listed.empty())) return MtlsMode::unset;
  const Traced<MtlsMode>& mode = mtls.weakest(ports.listed);
  if (!mode.known()) {
    sink.not_evaluated(mode.from.text, {"PeerAuthentication"});
    return MtlsMode::unset;
  }
  sink.judged();
  return mode.value == MtlsMode::strict ? MtlsMode::unset : mode.value;
}

struct Asking {
  const AuthorizationPolicy* policy = nullptr;
  Node where;
  const PolicyTarget* target = nullptr;
  MtlsMode mode = MtlsMode::permissive;
};
using AskingByNamespace = std::map<std::string_view, std::vector<Asking>>;

// The first of the policy's rules that some workload makes matter.
std::optional<Asking> find_asking(const Mesh& mesh, const AuthorizationPolicy& policy, Sink& sink) {
  for (const AuthorizationRule& rule : policy.rules) {
    const Node where = refusal(policy, rule);
    if (!where) continue;
    const RulePorts ports = ports_of(rule);
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->workload == nullptr) continue;
      const MtlsMode mode = open_mode(mesh, *target->workload, ports, sink);
      if (mode != MtlsMode::unset) return Asking{&policy, where, target, mode};
    }
  }
  return std::nullopt;
}

bool asks(const AuthorizationPolicy& policy) {
  return std::ranges::any_of(
      policy.rules, [&](const AuthorizationRule& rule) { return bool(refusal(policy, rule)); });
}

AskingByNamespace find_asking(const Mesh& mesh, Sink& sink) {
  AskingByNamespace found;
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    const bool decides =
        policy.action == PolicyAction::allow || policy.action == PolicyAction::deny;
    if (!decides || !policy.enforces() || !asks(policy)) {
      sink.judged();
      continue;
    }
    if (const auto asking = find_asking(mesh, policy, sink)) {
      found[policy.name_space].push_back(*asking);
    }
  }
  return found;
}

// The policies that decide for each workload.
struct Deciding {
  std::vector<const AuthorizationPolicy*> allows;
  std::vector<const AuthorizationPolicy*> denies;
};
using DecidingByWorkload = std::unordered_map<const Workload*, Deciding>;

DecidingByWorkload read_deciding(const Mesh& mesh) {
  DecidingByWorkload found;
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    const bool allows = policy.action == PolicyAction::allow;
    if (!policy.enforces() || (!allows && policy.action != PolicyAction::deny)) continue;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->workload == nullptr) continue;
      Deciding& one = found[target->workload];
      (allows ? one.allows : one.denies).push_back(&policy);
    }
  }
  return found;
}

// What refuses a caller without an identity on a port, and where it says so.
struct Refusal {
  const AuthorizationPolicy* policy = nullptr;
  Node where;
};

// A DENY of all on the port but some, that this caller is none of.
Refusal find_denying(const Deciding& deciding, std::int64_t port) {
  for (const AuthorizationPolicy* policy : deciding.denies) {
    for (const AuthorizationRule& rule : policy->rules) {
      const Node where = refusal(*policy, rule);
      if (where && matches_port_without_identity(rule, port)) return {policy, where};
    }
  }
  return {};
}

// An ALLOW that asks for an identity, where none takes callers without one.
Refusal find_asking(const Deciding& deciding, std::int64_t port) {
  Refusal asking;
  for (const AuthorizationPolicy* policy : deciding.allows) {
    for (const AuthorizationRule& rule : policy->rules) {
      if (takes_plaintext(rule, port)) return {};
      const Node where = refusal(*policy, rule);
      if (asking.policy == nullptr && where) asking = {policy, where};
    }
  }
  return asking;
}

void report_call(const OutsideCall& call, const Refusal& refused, Sink& sink) {
  const bool denied = refused.policy->action == PolicyAction::deny;
  Draft finding = sink.report_as(
      "outside-caller", refused.where.at(0),
      "AuthorizationPolicy {}/{} {}: its calls of port {} of {} {} are refused",
      refused.policy->name_space, refused.policy->name,
      denied ? fmt::format("denies all but some identities, of which {} has none", call.caller)
             : fmt::format("asks for an identity that {} does not have", call.caller),
      call.port, call.workload->kind, call.workload->name);
  finding.object(refused.policy->object->ref())
      .field("spec.rules.from.source")
      .related("the call", call.where, call.object);
  if (denied) {
    finding.fix(
        fmt::format("Leave port {} out of the rule: `to: [{{operation: {{notPorts: [\"{}\"]}}}}]`.",
                    call.port, call.port));
  } else {
    finding.fix(
        fmt::format("Allow port {} without `from`, in a rule of its own: "
                    "`- to: [{{operation: {{ports: [\"{}\"]}}}}]`.",
                    call.port, call.port));
  }
}

// Callers that are proven to come without a certificate.
void judge_callers(const Mesh& mesh, std::set<const AuthorizationPolicy*>& told, Sink& sink) {
  const DecidingByWorkload deciding = read_deciding(mesh);
  for (const OutsideCall& call : outside_calls(mesh)) {
    const Traced<MtlsMode>& mode = mesh.mtls->of(*call.workload).on(call.port);
    const auto found = deciding.find(call.workload);
    if (!mode.known() || mode.value == MtlsMode::strict || found == deciding.end()) continue;
    for (const Refusal& refused :
         {find_denying(found->second, call.port), find_asking(found->second, call.port)}) {
      if (refused.policy == nullptr || !told.insert(refused.policy).second) continue;
      report_call(call, refused, sink);
    }
  }
}

}  // namespace

void mc609_identity_rule_refuses_plaintext(const Mesh& mesh, const Parameters& /*parameters*/,
                                           Sink& sink) {
  std::set<const AuthorizationPolicy*> told;
  judge_callers(mesh, told, sink);
  for (auto& [name_space, all] : find_asking(mesh, sink)) {
    std::erase_if(all, [&](const Asking& one) { return told.contains(one.policy); });
    if (all.empty()) continue;
    const Asking& first = all.front();
    const std::string others = all.size() == 1
                                   ? std::string()
                                   : fmt::format(" ({} policies of the namespace do)", all.size());
    const bool disabled = first.mode == MtlsMode::disable;
    Draft finding = sink.report(
        first.where.at(0),
        "mTLS is {} on {} {}, yet AuthorizationPolicy {}/{} asks for an identity, which {}{}",
        to_string(first.mode), first.target->kind, first.target->name, name_space,
        first.policy->name, disabled ? "then no caller has" : "a caller without mTLS never has",
        others);
    finding.object(first.policy->object->ref())
        .field("spec.rules.from.source")
        .fix(disabled
                 ? fmt::format("Make mTLS STRICT in namespace {}: under DISABLE callers show no "
                               "certificate.",
                               first.target->name_space)
                 : fmt::format("Make mTLS STRICT in namespace {} where plaintext is refused "
                               "anyway: the workloads then say so at the door.",
                               first.target->name_space));
    for (const Asking& one : all) {
      if (one.policy != first.policy) {
        finding.related("so does " + std::string(one.policy->name), one.where,
                        one.policy->object->ref());
      }
    }
  }
}

}  // namespace meshcheck::rules
