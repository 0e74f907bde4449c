#include "meshcheck/caller_identity.h"

#include <algorithm>
#include <string_view>

#include "meshcheck/mesh.h"
#include "meshcheck/rule_ports.h"

namespace meshcheck {
namespace {

bool is_negative(std::string_view field) { return field.starts_with("not"); }

bool has_values(Node source, std::string_view field) { return source[field].size() != 0; }

// The first of the source's identity fields of that sign that says something.
Node identity_field(Node source, bool negative) {
  for (const auto [key, values] : source.entries()) {
    const std::string_view field = key.text();
    if (!is_identity_attribute(field) || is_negative(field) != negative) continue;
    if (values.size() != 0) return values;
  }
  return {};
}

// `when` with an identity's key: `values` want it, `notValues` exclude it.
Node identity_condition(const AuthorizationRule& rule, const char* member) {
  for (const Node condition : rule.conditions) {
    if (is_identity_attribute(condition["key"].text()) && condition[member].size() != 0) {
      return condition[member];
    }
  }
  return {};
}

bool is_everybody(Node values) { return values.size() == 1 && values.at(0).text() == "*"; }

// Something beside the identity keeps strangers out.
bool is_narrowed(Node source) {
  return has_values(source, "ipBlocks") || has_values(source, "remoteIpBlocks") ||
         has_values(source, "requestPrincipals");
}

// The same in a condition that all sources share.
bool is_narrowed(const AuthorizationRule& rule) {
  return std::ranges::any_of(rule.conditions, [](Node condition) {
    const std::string_view key = condition["key"].text();
    return (key == "source.ip" || key == "remote.ip") && condition["values"].size() != 0;
  });
}

// It says nothing but which identities it is not for.
bool only_excludes_identities(Node source) {
  return source.size() != 0 && std::ranges::all_of(source.entries(), [](const Entry& entry) {
           const std::string_view field = entry.key.text();
           return is_identity_attribute(field) && is_negative(field) && entry.value.size() != 0;
         });
}

bool excludes_identities(Node condition) {
  return is_identity_attribute(condition["key"].text()) && condition["values"].size() == 0 &&
         condition["notValues"].size() != 0;
}

bool says_only_ports(Node operation) {
  return std::ranges::all_of(operation.entries(), [](const Entry& entry) {
    return entry.key.text() == "ports" || entry.key.text() == "notPorts";
  });
}

bool requires_token(const AuthorizationRule& rule) {
  return std::ranges::any_of(rule.conditions, [](Node condition) {
    return condition["key"].text().starts_with("request.auth.") && condition["values"].size() != 0;
  });
}

}  // namespace

bool needs_identity(const AuthorizationRule& rule) {
  if (identity_condition(rule, "values")) return true;
  return !rule.sources.empty() && std::ranges::all_of(rule.sources, [](Node source) {
    return static_cast<bool>(identity_field(source, false));
  });
}

bool asks_only_for_identity(const AuthorizationRule& rule) {
  if (rule.sources.empty()) return static_cast<bool>(identity_condition(rule, "values"));
  return std::ranges::all_of(rule.sources, [](Node source) {
    return identity_field(source, false) &&
           std::ranges::all_of(source.entries(), [](const Entry& entry) {
             return is_identity_attribute(entry.key.text()) && !is_negative(entry.key.text());
           });
  });
}

Node excluded_identity(const AuthorizationRule& rule) {
  if (identity_condition(rule, "values") || requires_token(rule) || is_narrowed(rule)) return {};
  for (const Node source : rule.sources) {
    if (identity_field(source, false) || is_narrowed(source)) continue;
    const Node excluded = identity_field(source, true);
    if (excluded && !is_everybody(excluded)) return excluded;
  }
  const Node excluded = identity_condition(rule, "notValues");
  const bool open = rule.sources.empty() && excluded && !is_everybody(excluded);
  return open ? excluded : Node{};
}

Node wanted_identity(const AuthorizationRule& rule) {
  for (const Node source : rule.sources) {
    if (const Node wanted = identity_field(source, false)) return wanted;
  }
  return identity_condition(rule, "values");
}

bool matches_all_without_identity(const AuthorizationRule& rule) {
  return rule.operations.empty() && std::ranges::all_of(rule.conditions, excludes_identities) &&
         (rule.sources.empty() || std::ranges::any_of(rule.sources, only_excludes_identities));
}

bool matches_port_without_identity(const AuthorizationRule& rule, std::int64_t port) {
  return is_for_port(rule, port) && std::ranges::all_of(rule.operations, says_only_ports) &&
         std::ranges::all_of(rule.conditions,
                             [](Node condition) {
                               return excludes_identities(condition) || is_on_port(condition);
                             }) &&
         (rule.sources.empty() || std::ranges::any_of(rule.sources, only_excludes_identities));
}

namespace {

// What one policy makes of callers without an identity.
struct Effect {
  bool denies = false;
  bool admits = false;
};

Effect effect(const AuthorizationPolicy& policy, bool on_ztunnel) {
  const auto any = [&](auto matches) {
    return std::ranges::any_of(policy.rules, [&](const AuthorizationRule& rule) {
      // An ALLOW rule that ztunnel does not see as a whole admits nobody; what it makes of such a
      // DENY has findings of its own.
      return (!on_ztunnel || is_seen_by_ztunnel(rule)) && matches(rule);
    });
  };
  if (policy.action == PolicyAction::deny) {
    return {.denies = any(matches_all_without_identity), .admits = false};
  }
  return {.denies = false,
          .admits = any([](const AuthorizationRule& rule) { return !needs_identity(rule); })};
}

}  // namespace

PlaintextAdmissions::PlaintextAdmissions(const Mesh& mesh) {
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    const bool allows = policy.action == PolicyAction::allow;
    if (!policy.enforces() || (!allows && policy.action != PolicyAction::deny)) continue;
    const Effect on_envoy = effect(policy, false);
    const Effect on_ztunnel = effect(policy, true);
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->workload == nullptr) continue;
      const Effect& made = target->plane == DataPlane::ztunnel ? on_ztunnel : on_envoy;
      Rules& rules = rules_[target->workload];
      rules.denied |= made.denies;
      rules.any_allow |= allows;
      rules.plain_allow |= made.admits;
    }
  }
}

PlaintextAdmission PlaintextAdmissions::of(const Workload& workload) const {
  const auto found = rules_.find(&workload);
  if (found == rules_.end()) return {};
  const Rules& rules = found->second;
  return {.denied = rules.denied, .allowed = !rules.any_allow || rules.plain_allow};
}

}  // namespace meshcheck
