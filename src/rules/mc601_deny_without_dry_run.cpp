// Severity, documentation and parameters: rules/mc601-deny-without-dry-run.yaml
#include <algorithm>
#include <map>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool same(Node a, Node b) {
  if (a.kind() != b.kind() || a.size() != b.size() || a.text() != b.text()) return false;
  if (a.is_mapping()) {
    return std::ranges::all_of(
        a.entries(), [&](const Entry& entry) { return same(entry.value, b[entry.key.text()]); });
  }
  auto other = b.items().begin();
  return std::ranges::all_of(a.items(), [&](Node item) { return same(item, *other++); });
}

// "No token", "no mutual TLS": what they deny is what was never meant to be let in.
bool is_requirement(const AuthorizationRule& rule) {
  return std::ranges::any_of(rule.sources, [](Node source) {
    return source["notRequestPrincipals"].at(0).text() == "*" ||
           source["notPrincipals"].at(0).text() == "*";
  });
}

// Those without rules and those that deny everything are the matter of other rules.
bool wants_trial(const AuthorizationPolicy& policy) {
  return policy.action == PolicyAction::deny && policy.enforces() && !policy.dry_run_unreadable &&
         !policy.rules.empty() &&
         std::ranges::none_of(policy.rules, &AuthorizationRule::matches_everything) &&
         !std::ranges::all_of(policy.rules, is_requirement);
}

using Policies = std::vector<const AuthorizationPolicy*>;

struct InNamespace {
  Policies trials;  // that match without enforcing
  Policies denies;
};

bool was_tried(const AuthorizationPolicy& policy, const InNamespace& all) {
  const Node spec = policy.object->spec();
  return std::ranges::any_of(all.trials, [&](const AuthorizationPolicy* trial) {
    const Node other = trial->object->spec();
    return same(spec["selector"], other["selector"]) &&
           same(spec["targetRefs"], other["targetRefs"]) && same(spec["rules"], other["rules"]);
  });
}

// A base and its overlays describe one policy.
std::string dry_run_patch(const Policies& policies) {
  std::string yaml;
  std::set<std::string_view> named;
  for (const AuthorizationPolicy* policy : policies) {
    if (!named.insert(policy->name).second) continue;
    if (!yaml.empty()) yaml += "---\n";
    yaml +=
        manifest_head(policy->object->ref()) + "  annotations:\n    istio.io/dry-run: \"true\"\n";
  }
  return yaml;
}

// A base and its overlays describe one policy.
std::vector<std::string> names_of(const Policies& policies) {
  std::vector<std::string> names;
  for (const AuthorizationPolicy* policy : policies) {
    if (std::ranges::find(names, policy->name) == names.end()) names.emplace_back(policy->name);
  }
  return names;
}

void add_fix(Draft& finding, const Mesh& mesh, const Policies& untried) {
  Policies dry;
  Policies wet;
  for (const AuthorizationPolicy* policy : untried) {
    (can_run_dry(mesh, *policy->attachment.selects) ? dry : wet).push_back(policy);
  }
  const std::string on_ztunnel =
      wet.empty() ? std::string()
                  : fmt::format(
                        "ztunnel cannot run {} dry in this mesh (it takes 1.29 and "
                        "AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY): try {} on one "
                        "workload first.",
                        dry.empty() && names_of(wet).size() > 1 ? "these policies"
                                                                : name_some(names_of(wet)),
                        names_of(wet).size() == 1 ? "it" : "them");
  if (dry.empty()) {
    finding.fix(on_ztunnel);
    return;
  }
  finding
      .fix(
          "While a policy is new, apply it with this annotation; read authz_dry_run_result in the "
          "metrics, then take it away. On a policy that already enforces, it would stop "
          "enforcement." +
          (on_ztunnel.empty() ? "" : " " + on_ztunnel))
      .patch(dry_run_patch(dry));
}

void report(const Mesh& mesh, const Policies& untried, Sink& sink) {
  const AuthorizationPolicy& first = *untried.front();
  const std::vector<std::string> names = names_of(untried);
  Draft finding = sink.report(first.action_node(), "{}{} of which this input shows no dry run: {}",
                              first.name_space.empty()
                                  ? std::string("enforced: ")
                                  : fmt::format("namespace {} enforces ", first.name_space),
                              names.size() == 1 ? std::string("a DENY policy")
                                                : fmt::format("{} DENY policies", names.size()),
                              name_some(names));
  finding.object(first.object->ref()).field("spec.action");
  add_fix(finding, mesh, untried);
}

// The annotation that does not do what it says: a value that Go's strconv.ParseBool refuses, or an
// action that has no dry run. istiod's webhook refuses both, where it is asked (istio:
// pkg/config/validation/validation.go, checkDryRunAnnotation).
void judge_annotation(const AuthorizationPolicy& policy, Sink& sink) {
  const Node dry_run = policy.dry_run_node;
  const bool can_be_dry =
      policy.action == PolicyAction::allow || policy.action == PolicyAction::deny;
  if (!dry_run || policy.action == PolicyAction::unknown) return;
  if (can_be_dry && !policy.dry_run_unreadable) return;
  if (name_holds_variable(dry_run.text())) {
    return sink.not_evaluated(
        fmt::format("istio.io/dry-run of AuthorizationPolicy {} is a variable", policy.name));
  }
  Draft finding =
      can_be_dry
          ? sink.report_as("not-dry", dry_run,
                           "istio.io/dry-run of AuthorizationPolicy {} is \"{}\", which is no "
                           "boolean: the policy is enforced",
                           policy.name, dry_run.text())
          : sink.report_as("not-dry", dry_run,
                           "AuthorizationPolicy {} has istio.io/dry-run, which is for ALLOW and "
                           "DENY: istiod's webhook refuses it on {}",
                           policy.name, to_string(policy.action));
  finding.object(policy.object->ref())
      .field("metadata.annotations[istio.io/dry-run]")
      .fix(can_be_dry ? "Write \"true\" for a dry run, or take the annotation away."
                      : "Take the annotation away.");
}

}  // namespace

void mc601_deny_without_dry_run(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  const bool audit_counts = logs_audit(mesh).value_or(false);
  std::map<std::string_view, InNamespace> namespaces;
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    sink.judged();
    judge_annotation(policy, sink);
    InNamespace& here = namespaces[policy.name_space];
    const bool dry = policy.action == PolicyAction::deny && policy.dry_run;
    if (dry || (policy.action == PolicyAction::audit && audit_counts))
      here.trials.push_back(&policy);
    if (wants_trial(policy)) here.denies.push_back(&policy);
  }
  for (const auto& entry : namespaces) {
    const InNamespace& here = entry.second;
    Policies untried;
    std::ranges::copy_if(here.denies, std::back_inserter(untried),
                         [&](const auto* policy) { return !was_tried(*policy, here); });
    if (!untried.empty()) report(mesh, untried, sink);
  }
}

}  // namespace meshcheck::rules
