// Whom callers can say that they are: the trust domains and service accounts of the mesh, as far as
// the input holds all of them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace meshcheck {

struct Mesh;

// <trust domain>/ns/<namespace>/sa/<service account>
struct Principal {
  std::string_view trust_domain;
  std::string_view name_space;
  std::string_view account;
};
std::optional<Principal> parse_principal(std::string_view text);

// What the input knows of those who call; what it does not know rules nobody out.
struct KnownCallers {
  using Names = std::set<std::string, std::less<>>;

  Names trust_domains;  // empty: not known, or there are other meshes beside it
  std::map<std::string_view, Names> accounts;  // of namespaces whose accounts the input holds

  // Neither the mesh's own nor an alias of that, where the input knows of both.
  bool is_foreign(std::string_view trust_domain) const {
    return !trust_domains.empty() && !trust_domains.contains(trust_domain);
  }
  // All accounts of the namespace are known, and it is none of them.
  bool lacks_account(std::string_view name_space, std::string_view account) const {
    const auto known = accounts.find(name_space);
    return known != accounts.end() && !known->second.contains(account);
  }
};

// From mesh configurations, ServiceAccounts and the accounts that workloads name. (istio:
// pkg/spiffe/spiffe.go)
KnownCallers known_callers(const Mesh& mesh);

}  // namespace meshcheck
