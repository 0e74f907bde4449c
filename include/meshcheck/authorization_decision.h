// What the policies of one workload make of one request, as far as the request is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/authorization.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// What is known of a request; what is not given may be anything.
struct Request {
  std::optional<std::string> principal;  // "cluster.local/ns/shop/sa/web"; empty: no mutual TLS
  std::optional<std::string> port;       // of the workload
  std::optional<std::string> path;
  std::optional<std::string> method;
};

enum class Match : std::uint8_t { no, yes, unknown };

// What the proxy that enforces a policy sees of a request.
enum class Sight : std::uint8_t {
  requests,
  connections,  // Envoy on a port whose Service declares TCP, TLS or a database's protocol
  ztunnel,      // connections as well; what becomes of a rule on requests differs
};
// A port of no known Service, or of no declared protocol, may carry requests, and then shows them.
Sight sight_of(const PolicyTarget& target, const Request& request);

struct RuleVerdict {
  Match match = Match::no;
  std::vector<std::string> depends_on;  // of `unknown`: the fields that cannot be judged
};
RuleVerdict match_rule(const Mesh& mesh, const AuthorizationPolicy& policy,
                       const AuthorizationRule& rule, const Request& request, Sight sight);

struct PolicyVerdict {
  const AuthorizationPolicy* policy = nullptr;
  Match match = Match::no;
  const AuthorizationRule* rule = nullptr;  // that matches, or may; null for `no`
  std::vector<std::string> depends_on;
};

struct Decision {
  enum class Outcome : std::uint8_t { allowed, denied, unknown };

  const PolicyTarget* target = nullptr;
  Sight sight = Sight::requests;
  // What callers of a workload behind ztunnel go through first: its policies are asked there.
  std::vector<const PolicyTarget*> waypoints;
  // In the order of evaluation. CUSTOM asks someone else, whose denial is final.
  std::vector<PolicyVerdict> custom;
  std::vector<PolicyVerdict> deny;
  std::vector<PolicyVerdict> allow;
  // What decides nothing: AUDIT policies and dry runs, and of ztunnel CUSTOM policies.
  std::vector<PolicyVerdict> recorded;

  Outcome outcome = Outcome::allowed;
  std::optional<PolicyVerdict> decided_by;  // none: no policy did
  std::string reason;                       // "no ALLOW policy matches"
};
Decision decide_request(const Mesh& mesh, const PolicyTarget& target, const Request& request);

// "exact", "prefix*", "*suffix", "*" for anything that is there.
bool matches_text(std::string_view pattern, std::string_view text);
// The same, or a template: `{*}` is one segment, `{**}` any number of them.
bool matches_path(std::string_view pattern, std::string_view path);

}  // namespace meshcheck
