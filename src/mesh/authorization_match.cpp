// Whether a rule matches a request: the fields as istiod hands them to Envoy and ztunnel.
#include <algorithm>

#include <fmt/format.h>

#include "meshcheck/authorization_decision.h"
#include "meshcheck/service_port.h"

namespace meshcheck {
namespace {

// The part after "/ns/" or "/sa/".
std::string_view part_of(std::string_view principal, std::string_view key) {
  const std::size_t at = principal.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = principal.substr(at + key.size());
  return rest.substr(0, rest.find('/'));
}

// A mesh's own trust domain has many names to Envoy: `cluster.local`, its own, and its aliases
// (istio: pilot/pkg/security/trustdomain/bundle.go). All of them become the first.
std::string with_own_trust_domain(const Mesh& mesh, std::string_view principal) {
  const std::size_t slash = principal.find('/');
  if (slash == std::string_view::npos) return std::string(principal);
  const std::string_view domain = principal.substr(0, slash);
  const bool own = std::ranges::any_of(mesh.mesh_configs, [&](const MeshConfig& config) {
    return config.trust_domain.value == domain ||
           std::ranges::any_of(config.trust_domain_aliases(),
                               [&](Node alias) { return alias.text() == domain; });
  });
  return own ? fmt::format("cluster.local{}", principal.substr(slash)) : std::string(principal);
}

// ztunnel takes principals as they are written; only whoever asks may say `cluster.local` for the
// trust domain that the caller really has (istio: pilot/pkg/serviceregistry/ambient).
std::string with_real_trust_domain(const Mesh& mesh, std::string_view principal) {
  constexpr std::string_view kOwn = "cluster.local/";
  if (!principal.starts_with(kOwn)) return std::string(principal);
  for (const MeshConfig& config : mesh.mesh_configs) {
    const auto& domain = config.trust_domain.value;
    if (domain) return fmt::format("{}/{}", *domain, principal.substr(kOwn.size()));
  }
  return std::string(principal);
}

Match to_match(bool holds) { return holds ? Match::yes : Match::no; }

Match negate(Match match) {
  if (match == Match::unknown) return match;
  return to_match(match == Match::no);
}

class RuleMatcher {
 public:
  RuleMatcher(const Mesh& mesh, const AuthorizationPolicy& policy, const Request& request,
              Sight sight)
      : mesh_(mesh), policy_(policy), request_(request), sight_(sight), path_(request.path) {
    // Envoy compares paths without query and fragment (envoy: type/matcher/v3/path.proto).
    if (path_) path_->resize(std::min(path_->find_first_of("?#"), path_->size()));
  }

  RuleVerdict match(const AuthorizationRule& rule) {
    Match all = any_of(rule.sources);
    all = both(all, any_of(rule.operations));
    for (const Node condition : rule.conditions) all = both(all, match_condition(condition));
    RuleVerdict verdict{.match = all, .depends_on = {}};
    if (all == Match::unknown) verdict.depends_on = std::move(unknown_);
    return verdict;
  }

  // On a connection a DENY keeps only the conditions that can be judged there.
  bool is_invisible(std::string_view field) const {
    switch (sight_) {
      case Sight::requests: return false;
      case Sight::connections: return is_http_attribute(field);
      case Sight::ztunnel: return !is_ztunnel_attribute(field);
    }
    return false;
  }

 private:
  static Match both(Match a, Match b) {
    if (a == Match::no || b == Match::no) return Match::no;
    return a == Match::yes ? b : a;
  }

  // One of the clauses; no clause at all matches everything.
  Match any_of(const std::vector<Node>& clauses) {
    Match best = clauses.empty() ? Match::yes : Match::no;
    for (const Node clause : clauses) {
      if (is_lost(clause)) continue;
      const Match match = match_clause(clause);
      if (match == Match::yes) return match;
      if (match == Match::unknown) best = match;
    }
    return best;
  }

  // ztunnel passes over a source or an operation of which it sees nothing: with none left, the rule
  // never matches (ztunnel: src/rbac.rs). Envoy takes it for one that matches everything.
  bool is_lost(Node clause) const {
    return sight_ == Sight::ztunnel &&
           std::ranges::none_of(clause.entries(), [](const Entry& field) {
             return field.value.size() != 0 && is_ztunnel_attribute(field.key.text());
           });
  }

  Match match_clause(Node clause) {
    Match all = Match::yes;
    for (const auto [key, values] : clause.entries()) {
      if (values.size() == 0) continue;
      all = both(all, match_field(key.text(), values));
    }
    return all;
  }

  // "notPaths" is "paths", negated.
  Match match_field(std::string_view field, Node values) {
    if (is_invisible(field)) return Match::yes;
    constexpr std::string_view kNot = "not";
    if (!field.starts_with(kNot)) return match_values(field, field, values);
    std::string positive(field.substr(kNot.size()));
    if (!positive.empty()) positive.front() = static_cast<char>(positive.front() - 'A' + 'a');
    return negate(match_values(positive, field, values));
  }

  Match match_condition(Node condition) {
    const std::string_view key = condition["key"].text();
    if (is_invisible(key)) return sight_ == Sight::ztunnel ? Match::no : Match::yes;
    Match all = Match::yes;
    if (const Node values = condition["values"]; values.size() != 0) {
      all = both(all, match_values(key, key, values));
    }
    if (const Node values = condition["notValues"]; values.size() != 0) {
      all = both(all, negate(match_values(key, key, values)));
    }
    return all;
  }

  Match match_values(std::string_view field, std::string_view written, Node values) {
    if (field == "ports" || field == "destination.port") {
      return compare(request_.port, written, values,
                     [](std::string_view wanted, std::string_view is) { return wanted == is; });
    }
    if (field == "methods") return compare(request_.method, written, values, matches_text);
    if (field == "paths") return compare(path_, written, values, matches_path);
    if (field == "principals" || field == "source.principal") {
      return match_identity(written, values, [&](std::string_view wanted, std::string_view is) {
        if (sight_ == Sight::ztunnel) {
          return matches_text(wanted, with_real_trust_domain(mesh_, is));
        }
        return matches_text(with_own_trust_domain(mesh_, wanted), with_own_trust_domain(mesh_, is));
      });
    }
    if (field == "namespaces" || field == "source.namespace") {
      return match_identity(written, values, [](std::string_view wanted, std::string_view is) {
        return matches_text(wanted, part_of(is, "/ns/"));
      });
    }
    if (field == "serviceAccounts" || field == "source.serviceAccount") {
      return match_identity(written, values, [&](std::string_view wanted, std::string_view is) {
        const std::size_t slash = wanted.find('/');
        const bool elsewhere = slash != std::string_view::npos;
        const auto name_space = elsewhere ? wanted.substr(0, slash) : policy_.name_space;
        const auto account = elsewhere ? wanted.substr(slash + 1) : wanted;
        return part_of(is, "/ns/") == name_space && part_of(is, "/sa/") == account;
      });
    }
    return unknown(written);
  }

  // A caller without a certificate has no identity that anything could match.
  template <class Compare>
  Match match_identity(std::string_view written, Node values, Compare matches) {
    if (request_.principal && request_.principal->empty()) return Match::no;
    return compare(request_.principal, written, values, matches);
  }

  template <class Compare>
  Match compare(const std::optional<std::string>& known, std::string_view written, Node values,
                Compare matches) {
    if (!known) return unknown(written);
    return to_match(std::ranges::any_of(values.items(),
                                        [&](Node value) { return matches(value.text(), *known); }));
  }

  Match unknown(std::string_view written) {
    if (std::ranges::find(unknown_, written) == unknown_.end()) unknown_.emplace_back(written);
    return Match::unknown;
  }

  const Mesh& mesh_;
  const AuthorizationPolicy& policy_;
  const Request& request_;
  Sight sight_;
  std::optional<std::string> path_;
  std::vector<std::string> unknown_;
};

// The length of the template operator at the start, or 0.
std::size_t operator_at(std::string_view pattern) {
  for (const std::string_view op : {std::string_view("{*}"), std::string_view("{**}")}) {
    if (pattern.starts_with(op)) return op.size();
  }
  return 0;
}

bool matches_template(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    const std::size_t length = operator_at(pattern);
    if (length == 0) {
      if (path.empty() || path.front() != pattern.front()) return false;
      pattern.remove_prefix(1);
      path.remove_prefix(1);
      continue;
    }
    const bool one_segment = length == 3;
    const std::string_view rest = pattern.substr(length);
    for (std::size_t taken = one_segment ? 1 : 0; taken <= path.size(); ++taken) {
      if (one_segment && path[taken - 1] == '/') return false;
      if (matches_template(rest, path.substr(taken))) return true;
    }
    return false;
  }
  return path.empty();
}

}  // namespace

bool matches_text(std::string_view pattern, std::string_view text) {
  if (pattern == "*") return !text.empty();
  if (pattern.starts_with('*')) return text.ends_with(pattern.substr(1));
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
}

bool matches_path(std::string_view pattern, std::string_view path) {
  if (pattern.find("{*}") == std::string_view::npos &&
      pattern.find("{**}") == std::string_view::npos) {
    return matches_text(pattern, path);
  }
  return matches_template(pattern, path);
}

Sight sight_of(const PolicyTarget& target, const Request& request) {
  if (target.plane == DataPlane::ztunnel) return Sight::ztunnel;
  const auto asked = port_number(request.port.value_or(""));
  if (target.workload == nullptr || !asked) return Sight::requests;
  for (const Resource* service : target.services) {
    for (const Node port : service->spec()["ports"].items()) {
      if (container_port(port, *target.workload) != asked) continue;
      if (is_opaque_protocol(declared_protocol(port))) return Sight::connections;
    }
  }
  return Sight::requests;
}

RuleVerdict match_rule(const Mesh& mesh, const AuthorizationPolicy& policy,
                       const AuthorizationRule& rule, const Request& request, Sight sight) {
  RuleMatcher matcher(mesh, policy, request, sight);
  // Of an ALLOW no rule is generated where a part of it cannot be judged (istio:
  // pilot/pkg/security/authz/model/model.go and pilot/pkg/serviceregistry/ambient).
  const bool whole = std::ranges::none_of(
      fields_of(rule), [&](std::string_view field) { return matcher.is_invisible(field); });
  if (policy.action == PolicyAction::allow && !whole) return {};
  return matcher.match(rule);
}

}  // namespace meshcheck
