// AuthorizationPolicy and RequestAuthentication, resolved to what each selects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/policy_target.h"
#include "meshcheck/resource.h"

namespace meshcheck {

struct Mesh;

// Where mesh-wide policies lie.
struct RootNamespace {
  std::string name = "istio-system";
  bool assumed = true;  // no mesh configuration and no istiod in the input tells it
};

struct TargetRef {
  std::string_view group;
  std::string_view kind;
  std::string_view name;
  Node node;
};

// The API group of Gateway API's kinds, which is not that of Istio's own Gateway.
inline constexpr std::string_view kGatewayApi = "gateway.networking.k8s.io";

// A policy can target only a Gateway, a GatewayClass, a Service and a ServiceEntry, each of its own
// API group (istio: pkg/config/validation/validation.go, validatePolicyTargetReference).
bool is_targetable(const TargetRef& ref);
// What it targets in the policy's namespace; null where that is not in the input.
const Resource* find_target(const Mesh& mesh, const TargetRef& ref, std::string_view name_space);

// What a policy says it is for.
struct PolicyAttachment {
  enum class Scope : std::uint8_t {
    mesh,         // in the root namespace, for everything
    name_space,   // for everything in its namespace
    selector,     // in its namespace; of a policy in the root namespace: in all
    target_refs,  // for gateways, and for what waypoints serve
  };
  Scope scope = Scope::name_space;
  bool in_root = false;
  Node match_labels;  // of `selector`
  std::vector<TargetRef> refs;
  TargetList selects;  // never null
};

enum class PolicyAction : std::uint8_t { allow, deny, audit, custom, unknown };
std::string_view to_string(PolicyAction action);  // "ALLOW"

// One of a policy's rules: any of `sources`, any of `operations` and all `conditions` must match;
// an empty list matches everything.
struct AuthorizationRule {
  Node node;
  std::vector<Node> sources;     // from[].source
  std::vector<Node> operations;  // to[].operation
  std::vector<Node> conditions;  // when[]

  bool matches_everything() const {
    return sources.empty() && operations.empty() && conditions.empty();
  }
};

struct AuthorizationPolicy {
  std::string_view name_space;
  std::string_view name;
  const Resource* object = nullptr;
  PolicyAttachment attachment;
  PolicyAction action = PolicyAction::allow;
  Node dry_run_node;     // the annotation istio.io/dry-run
  bool dry_run = false;  // it is true, as Go's strconv.ParseBool reads it; else the policy enforces
  bool dry_run_unreadable = false;  // it is neither true nor false to ParseBool
  std::vector<AuthorizationRule> rules;

  // For Envoy; ztunnel treats a dry run by its version. Only ALLOW and DENY have one (istio:
  // pkg/config/validation/validation.go, checkDryRunAnnotation).
  bool enforces() const {
    const bool can_be_dry = action == PolicyAction::allow || action == PolicyAction::deny;
    return action != PolicyAction::audit && !(can_be_dry && dry_run);
  }
  // Where findings about the policy as a whole go: its action, else its name.
  Node action_node() const {
    const Node node = object->spec()["action"];
    return node ? node : object->anchor();
  }
};

struct RequestAuthentication {
  std::string_view name_space;
  std::string_view name;
  const Resource* object = nullptr;
  PolicyAttachment attachment;
};

// Whether a condition of a rule can be judged on a connection alone. `field` is one of a source's
// or an operation's keys ("notPaths"), or the key of a `when`.
//
// Envoy on a TCP port: HTTP attributes cannot be generated there, so a DENY loses them and gets
// wider (istio: pilot/pkg/security/authz/model/model.go, checkError).
bool is_http_attribute(std::string_view field);
// ztunnel knows fewer (istio: pilot/pkg/serviceregistry/ambient/authorization.go).
bool is_ztunnel_attribute(std::string_view field);
// Proven by the peer's certificate, and so by mutual TLS only.
bool is_identity_attribute(std::string_view field);

// Every field that the rule sets, as written: "principals", "notPaths", "request.headers[x]".
std::vector<std::string_view> fields_of(const AuthorizationRule& rule);

// Whether a DENY with the rule denies more on a connection to that port of the pod than it says: a
// clause that is for the port has conditions that Envoy cannot see there, and leaves out. Of an
// unknown port only a rule that names no ports at all is known to.
bool widens_on_port(const AuthorizationRule& rule, std::optional<std::int64_t> port);
// The rule says for which of the pod's ports it is, in each of its operations.
bool names_ports(const AuthorizationRule& rule);
// ztunnel sees every condition. An ALLOW rule of which it does not is left out, and admits nobody
// (istio: pilot/pkg/serviceregistry/ambient/authorization.go).
bool is_seen_by_ztunnel(const AuthorizationRule& rule);
// A source or an operation has conditions that ztunnel sees and others that it does not: a DENY
// keeps the former only, and denies more than it says.
bool widens_on_ztunnel(const AuthorizationRule& rule);
// Whether ztunnel passes over a rule of a DENY: of its sources, its operations or one of its
// conditions it sees nothing (ztunnel: src/rbac.rs).
bool never_matches_on_ztunnel(const AuthorizationRule& rule);

}  // namespace meshcheck
