// Severity, documentation and parameters: rules/mc905-jwt-not-required.yaml
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool is_claim(Node condition) { return condition["key"].text().starts_with("request.auth."); }

// Of an ALLOW: it lets in who brings a token.
bool asks_for_token(const AuthorizationRule& rule) {
  return std::ranges::any_of(rule.sources,
                             [](Node source) { return source["requestPrincipals"].size() != 0; }) ||
         std::ranges::any_of(rule.conditions, [](Node condition) {
           return is_claim(condition) && condition["values"].size() != 0;
         });
}

// Of a DENY: only what a token must be is missed where there is none; a request without one has
// nothing that the token must not be (istio: concepts/security, "Request authentication").
bool denies_without_token(const AuthorizationRule& rule) {
  return std::ranges::any_of(
             rule.sources,
             [](Node source) { return source["notRequestPrincipals"].size() != 0; }) ||
         std::ranges::any_of(rule.conditions, [](Node condition) {
           return is_claim(condition) && condition["notValues"].size() != 0;
         });
}

// Routes by what a token says: who brings none goes another way.
bool routes_by_claim(const Resource& service) {
  const auto is_claim = [](const Entry& header) {
    return header.key.text().starts_with("@request.auth.");
  };
  for (const Node route : service.spec()["http"].items()) {
    for (const Node match : route["match"].items()) {
      for (const char* headers : {"headers", "withoutHeaders"}) {
        if (std::ranges::any_of(match[headers].entries(), is_claim)) return true;
      }
    }
  }
  return false;
}

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink) {
    for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
      with_policies_.insert(policy.name_space);
      for (const PolicyTarget* target : *policy.attachment.selects) add(policy, guards_[target]);
    }
    by_claim_ = std::ranges::any_of(mesh.resources->of_kind("VirtualService"),
                                    [](const Resource* one) { return routes_by_claim(*one); });
  }

  void authentication(const RequestAuthentication& policy) {
    if (policy.object->spec()["jwtRules"].size() == 0) return;
    std::vector<const PolicyTarget*> open;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (!judges_requests(target->plane)) continue;
      if (is_guarded(*target)) {
        sink_.judged();
        // For all of a namespace it may only read tokens, which some workloads then require.
        if (policy.attachment.scope == PolicyAttachment::Scope::mesh ||
            policy.attachment.scope == PolicyAttachment::Scope::name_space) {
          return;
        }
      } else {
        open.push_back(target);
      }
    }
    if (open.empty()) return;
    if (by_claim_ || !std::ranges::all_of(open, [&](const PolicyTarget* target) {
          return knows_policies_of(target->name_space);
        })) {
      return sink_.not_evaluated(
          fmt::format("what requires the tokens of RequestAuthentication {}/{} may be elsewhere",
                      policy.name_space, policy.name),
          {"AuthorizationPolicy"});
    }
    report(policy, open);
  }

 private:
  struct Guard {
    bool denies = false;  // requests without a token are denied, or somebody else decides
    bool asks = false;    // an ALLOW of requests with a token
    bool closes = false;  // an ALLOW of nothing
    bool allows = false;  // an ALLOW of something
    bool opens = false;   // an ALLOW of everything, which makes the others void

    bool guards() const { return denies || (asks && !opens) || (closes && !allows); }
  };

  static void add(const AuthorizationPolicy& policy, Guard& guard) {
    const auto& rules = policy.rules;
    // A dry run is on its way; CUSTOM asks somebody who may look at the token.
    if (policy.action == PolicyAction::custom) guard.denies = true;
    if (policy.action == PolicyAction::deny) {
      guard.denies |= std::ranges::any_of(rules, denies_without_token);
    }
    if (policy.action != PolicyAction::allow) return;
    guard.asks |= std::ranges::any_of(rules, asks_for_token);
    guard.closes |= rules.empty();
    guard.allows |= !rules.empty();
    guard.opens |=
        policy.enforces() && std::ranges::any_of(rules, &AuthorizationRule::matches_everything);
  }

  static bool judges_requests(DataPlane plane) {
    return plane == DataPlane::sidecar || plane == DataPlane::gateway ||
           plane == DataPlane::waypoint;
  }

  bool is_guarded(const PolicyTarget& target) const {
    const auto at = guards_.find(&target);
    return at != guards_.end() && at->second.guards();
  }

  // Its namespace is in the input, or where its policies are kept.
  bool knows_policies_of(std::string_view name_space) {
    if (with_policies_.contains(name_space)) return true;
    const auto [at, is_new] = known_.try_emplace(name_space, false);
    if (is_new) at->second = mesh_.covers("Deployment", name_space);
    return at->second;
  }

  void report(const RequestAuthentication& policy, const std::vector<const PolicyTarget*>& open) {
    ObjectRef ref = policy.object->ref();
    ref.kind = "AuthorizationPolicy";
    ref.name = fmt::format("{}-requires-token", policy.name);
    const Node labels = policy.attachment.match_labels;
    Draft finding =
        sink_.report(policy.object->anchor(),
                     "RequestAuthentication {} checks tokens and requires none: a request without "
                     "one reaches {}",
                     policy.name, name_some(open));
    finding.object(policy.object->ref()).field("spec.jwtRules");
    if (policy.attachment.scope == PolicyAttachment::Scope::target_refs) {
      finding.fix(
          "Add an AuthorizationPolicy with the same targetRefs that denies notRequestPrincipals "
          "[\"*\"], as a dry run first.");
      return;
    }
    if (!can_run_dry(mesh_, *policy.attachment.selects)) {
      finding.fix(
          "Add an AuthorizationPolicy that selects those alone, since ztunnel beside them has no "
          "dry "
          "run, and denies notRequestPrincipals [\"*\"], as a dry run first.");
      return;
    }
    finding
        .fix(
            "Apply this as a dry run; without the annotation it refuses requests that bring no "
            "token. Exclude what probes and public pages need with notPaths.")
        .patch(manifest_head(ref) + "  annotations: {istio.io/dry-run: \"true\"}\nspec:\n" +
               (labels.size() == 0
                    ? ""
                    : fmt::format("  selector:\n    matchLabels: {}\n", flow_mapping(labels))) +
               "  action: DENY\n  rules:\n    - from:\n        - source:\n"
               "            notRequestPrincipals: [\"*\"]\n");
  }

  const Mesh& mesh_;
  Sink& sink_;
  std::unordered_map<const PolicyTarget*, Guard> guards_;
  std::unordered_set<std::string_view> with_policies_;
  std::map<std::string_view, bool> known_;
  bool by_claim_ = false;
};

}  // namespace

void mc905_jwt_not_required(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.request_authentications.empty()) {
    sink.not_evaluated("no RequestAuthentication is in the input", {"RequestAuthentication"});
    return;
  }
  Judge judge(mesh, sink);
  for (const RequestAuthentication& policy : mesh.request_authentications) {
    judge.authentication(policy);
  }
  if (sink.judged_count() == 0 && sink.skipped().empty()) {
    sink.not_evaluated("nothing that a RequestAuthentication selects is in the input",
                       {"Namespace", "Deployment"});
  }
}

}  // namespace meshcheck::rules
