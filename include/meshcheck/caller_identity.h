// What the rules of an AuthorizationPolicy make of a caller without an identity: one that comes
// without mutual TLS (istio: pilot/pkg/security/authz/model/generator.go).
#pragma once

#include <cstdint>
#include <unordered_map>

#include "meshcheck/authorization.h"

namespace meshcheck {

// No source of the rule, or a condition that all share, can match a caller without an identity.
bool needs_identity(const AuthorizationRule& rule);
// Each source says nothing but who the caller is.
bool asks_only_for_identity(const AuthorizationRule& rule);
// Where a source excludes identities (`notPrincipals` and the like, other than "*"), and so matches
// whoever has none, wherever that caller comes from and without a token of its own; else missing.
Node excluded_identity(const AuthorizationRule& rule);
// The first field of the rule that asks for an identity; or missing.
Node wanted_identity(const AuthorizationRule& rule);
// Whoever has no identity is matched, on every port: the rule says nothing, or only which
// identities it is not for. As a DENY of notPrincipals ["*"]: "must be mTLS".
bool matches_all_without_identity(const AuthorizationRule& rule);
// The same of what comes to that port of the pod.
bool matches_port_without_identity(const AuthorizationRule& rule, std::int64_t port);

// What all policies together make of plaintext callers of a workload.
struct PlaintextAdmission {
  bool denied = false;  // by a DENY of whoever has no identity
  bool allowed = true;  // some ALLOW takes them, or there is none
};

class PlaintextAdmissions {
 public:
  explicit PlaintextAdmissions(const Mesh& mesh);
  PlaintextAdmission of(const Workload& workload) const;

 private:
  struct Rules {
    bool denied = false;
    bool any_allow = false;
    bool plain_allow = false;
  };
  std::unordered_map<const Workload*, Rules> rules_;
};

}  // namespace meshcheck
