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
  const auto ports = ports_of(rule);
  return !needs_identity(rule) && (ports.empty() || std::ranges::count(ports, port) != 0);
}

// The ALLOW policies of each workload, and what of them refuses plaintext.
struct Allows {
  std::vector<const AuthorizationPolicy*> policies;
  const AuthorizationPolicy* asking = nullptr;
  Node where;
};
using AllowsByWorkload = std::unordered_map<const Workload*, Allows>;

// A workload that says PERMISSIVE, on the rule's ports, and refuses plaintext there all the same.
bool is_open(const Mesh& mesh, const Workload& workload, const std::vector<std::int64_t>& ports,
             Sink& sink) {
  const WorkloadMtls& mtls = mesh.mtls->of(workload);
  if (!mtls.enforced) return false;
  const Traced<MtlsMode>& mode = mtls.weakest(ports);
  if (!mode.known()) {
    sink.not_evaluated(mode.from.text, {"PeerAuthentication"});
    return false;
  }
  sink.judged();
  return mode.value == MtlsMode::permissive;
}

struct Asking {
  const AuthorizationPolicy* policy = nullptr;
  Node where;
  const PolicyTarget* target = nullptr;
};
using AskingByNamespace = std::map<std::string_view, std::vector<Asking>>;

// The first of the policy's rules that some workload makes matter.
std::optional<Asking> find_asking(const Mesh& mesh, const AuthorizationPolicy& policy, Sink& sink) {
  for (const AuthorizationRule& rule : policy.rules) {
    const Node where = refusal(policy, rule);
    if (!where) continue;
    const auto ports = ports_of(rule);
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->workload == nullptr || !is_open(mesh, *target->workload, ports, sink)) continue;
      return Asking{&policy, where, target};
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

AllowsByWorkload read_allows(const Mesh& mesh) {
  AllowsByWorkload allows;
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.action != PolicyAction::allow || !policy.enforces()) continue;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->workload != nullptr) allows[target->workload].policies.push_back(&policy);
    }
  }
  for (auto& [workload, one] : allows) {
    for (const AuthorizationPolicy* policy : one.policies) {
      for (const AuthorizationRule& rule : policy->rules) {
        const Node where = refusal(*policy, rule);
        if (one.asking != nullptr || !where) continue;
        one.asking = policy;
        one.where = where;
      }
    }
  }
  return allows;
}

bool lets_in(const Allows& allows, std::int64_t port) {
  return std::ranges::any_of(allows.policies, [&](const AuthorizationPolicy* policy) {
    return std::ranges::any_of(
        policy->rules, [&](const AuthorizationRule& rule) { return takes_plaintext(rule, port); });
  });
}

// Callers that are proven to come without a certificate.
void judge_callers(const Mesh& mesh, std::set<const AuthorizationPolicy*>& told, Sink& sink) {
  const AllowsByWorkload allows = read_allows(mesh);
  for (const OutsideCall& call : outside_calls(mesh)) {
    const Traced<MtlsMode>& mode = mesh.mtls->of(*call.workload).on(call.port);
    const auto found = allows.find(call.workload);
    if (!mode.known() || mode.value == MtlsMode::strict || found == allows.end()) continue;
    const Allows& one = found->second;
    if (one.asking == nullptr || lets_in(one, call.port) || !told.insert(one.asking).second) {
      continue;
    }
    sink.report_as(
            "outside-caller", one.where.at(0),
            "AuthorizationPolicy {}/{} asks for an identity that {} does not have: its calls "
            "of port {} of {} {} are refused",
            one.asking->name_space, one.asking->name, call.caller, call.port, call.workload->kind,
            call.workload->name)
        .object(one.asking->object->ref())
        .field("spec.rules.from.source")
        .related("the call", call.where, call.object)
        .fix(fmt::format("Allow port {} without `from`, in a rule of its own: "
                         "`- to: [{{operation: {{ports: [\"{}\"]}}}}]`.",
                         call.port, call.port));
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
    Draft finding = sink.report(
        first.where.at(0),
        "mTLS is PERMISSIVE on {} {}, yet AuthorizationPolicy {}/{} asks for an identity, which a "
        "caller without mTLS never has{}",
        first.target->kind, first.target->name, name_space, first.policy->name,
        all.size() == 1 ? std::string()
                        : fmt::format(" ({} policies of the namespace do)", all.size()));
    finding.object(first.policy->object->ref())
        .field("spec.rules.from.source")
        .fix(fmt::format("Make mTLS STRICT in namespace {} where plaintext is refused anyway: the "
                         "workloads then say so at the door.",
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
