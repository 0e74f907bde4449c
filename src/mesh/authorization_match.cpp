// Whether a rule matches a request: the fields as istiod hands them to Envoy and ztunnel.
#include <algorithm>
#include <array>

#include "meshcheck/authorization_decision.h"

namespace meshcheck {
namespace {

// The part after "/ns/" or "/sa/".
std::string_view part_of(std::string_view principal, std::string_view key) {
  const std::size_t at = principal.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = principal.substr(at + key.size());
  return rest.substr(0, rest.find('/'));
}

// `cluster.local` always means the mesh's own trust domain
// (istio: pilot/pkg/security/trustdomain/bundle.go).
std::string with_own_trust_domain(const Mesh& mesh, std::string_view principal) {
  constexpr std::string_view kOwn = "cluster.local/";
  constexpr std::string_view kScheme = "spiffe://";
  if (principal.starts_with(kScheme)) principal.remove_prefix(kScheme.size());
  for (const MeshConfig& config : mesh.mesh_configs) {
    const auto& domain = config.trust_domain.value;
    if (domain && principal.starts_with(*domain + '/')) {
      return std::string(kOwn) + std::string(principal.substr(domain->size() + 1));
    }
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
              bool only_connection)
      : mesh_(mesh), policy_(policy), request_(request), only_connection_(only_connection) {}

  RuleVerdict match(const AuthorizationRule& rule) {
    Match all = any_of(rule.sources);
    all = both(all, any_of(rule.operations));
    for (const Node condition : rule.conditions) all = both(all, match_condition(condition));
    RuleVerdict verdict{.match = all, .depends_on = {}};
    if (all == Match::unknown) verdict.depends_on = std::move(unknown_);
    return verdict;
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
      const Match match = match_clause(clause);
      if (match == Match::yes) return match;
      if (match == Match::unknown) best = match;
    }
    return best;
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
    if (is_invisible(key)) return Match::yes;
    Match all = Match::yes;
    if (const Node values = condition["values"]; values.size() != 0) {
      all = both(all, match_values(key, key, values));
    }
    if (const Node values = condition["notValues"]; values.size() != 0) {
      all = both(all, negate(match_values(key, key, values)));
    }
    return all;
  }

  // On a connection a DENY keeps only the conditions that can be judged there.
  bool is_invisible(std::string_view field) const {
    return only_connection_ && !is_ztunnel_attribute(field);
  }

  Match match_values(std::string_view field, std::string_view written, Node values) {
    if (field == "ports" || field == "destination.port") {
      return compare(request_.port, written, values,
                     [](std::string_view wanted, std::string_view is) { return wanted == is; });
    }
    if (field == "methods") return compare(request_.method, written, values, matches_text);
    if (field == "paths") return compare(request_.path, written, values, matches_path);
    if (field == "principals" || field == "source.principal") {
      return match_identity(written, values, [&](std::string_view wanted, std::string_view is) {
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
  bool only_connection_;
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

RuleVerdict match_rule(const Mesh& mesh, const AuthorizationPolicy& policy,
                       const AuthorizationRule& rule, const Request& request, DataPlane plane) {
  const bool only_connection = plane == DataPlane::ztunnel;
  const auto fields = fields_of(rule);
  if (only_connection && !fields.empty()) {
    // Of an ALLOW ztunnel gets no rule that it cannot judge whole; of a DENY the part that it can
    // (istio: pilot/pkg/serviceregistry/ambient/policies.go).
    const auto seen = std::ranges::count_if(fields, is_ztunnel_attribute);
    const bool whole = static_cast<std::size_t>(seen) == fields.size();
    if (seen == 0 || (policy.action == PolicyAction::allow && !whole)) return {};
  }
  return RuleMatcher(mesh, policy, request, only_connection).match(rule);
}

}  // namespace meshcheck
