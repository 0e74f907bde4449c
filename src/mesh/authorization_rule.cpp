// Which fields of a rule need what: HTTP, ztunnel, mutual TLS.
#include <algorithm>
#include <array>

#include "meshcheck/authorization.h"
#include "meshcheck/rule_ports.h"

namespace meshcheck {
namespace {

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& known, std::string_view field) {
  return std::ranges::find(known, field) != known.end();
}

template <class Predicate>
bool has_field(Node clause, Predicate matches) {
  return std::ranges::any_of(clause.entries(), [&](const Entry& field) {
    return field.value.size() != 0 && matches(field.key.text());
  });
}

bool has_http(Node clause) { return has_field(clause, is_http_attribute); }

bool is_unseen_by_ztunnel(Node clause) { return !has_field(clause, is_ztunnel_attribute); }

bool is_half_seen_by_ztunnel(Node clause) {
  return has_field(clause, is_ztunnel_attribute) &&
         has_field(clause, [](std::string_view field) { return !is_ztunnel_attribute(field); });
}

bool limits_ports(Node operation) {
  return operation["ports"].size() != 0 || operation["notPorts"].size() != 0;
}

// `wanted` and `excluded` are lists of ports, of which one may be missing.
bool takes_port(Node wanted, Node excluded, std::optional<std::int64_t> port) {
  if (wanted.size() == 0 && excluded.size() == 0) return true;
  if (!port) return false;
  return (wanted.size() == 0 || lists_port(wanted, *port)) && !lists_port(excluded, *port);
}

bool are_unseen_by_ztunnel(const std::vector<Node>& clauses) {
  return !clauses.empty() && std::ranges::all_of(clauses, is_unseen_by_ztunnel);
}

}  // namespace

bool is_http_attribute(std::string_view field) {
  constexpr std::array<std::string_view, 8> kFields = {
      "requestPrincipals", "notRequestPrincipals", "hosts", "notHosts",
      "methods",           "notMethods",           "paths", "notPaths"};
  return is_one_of(kFields, field) || field.starts_with("request.");
}

bool is_ztunnel_attribute(std::string_view field) {
  constexpr std::array<std::string_view, 15> kFields = {
      "ipBlocks",         "notIpBlocks",     "ports",
      "notPorts",         "source.ip",       "source.principal",
      "source.namespace", "destination.ip",  "destination.port",
      "principals",       "notPrincipals",   "namespaces",
      "notNamespaces",    "serviceAccounts", "notServiceAccounts"};
  return is_one_of(kFields, field);
}

bool is_identity_attribute(std::string_view field) {
  constexpr std::array<std::string_view, 12> kFields = {
      "principals",       "notPrincipals",         "namespaces",       "notNamespaces",
      "serviceAccounts",  "notServiceAccounts",    "trustDomains",     "notTrustDomains",
      "source.principal", "source.serviceAccount", "source.namespace", "source.trustDomain"};
  return is_one_of(kFields, field);
}

std::vector<std::string_view> fields_of(const AuthorizationRule& rule) {
  std::vector<std::string_view> fields;
  const auto add_keys = [&](const std::vector<Node>& clauses) {
    for (const Node clause : clauses) {
      for (const auto [key, values] : clause.entries()) {
        if (values.size() != 0) fields.push_back(key.text());
      }
    }
  };
  add_keys(rule.sources);
  add_keys(rule.operations);
  for (const Node condition : rule.conditions) fields.push_back(condition["key"].text());
  return fields;
}

bool widens_on_port(const AuthorizationRule& rule, std::optional<std::int64_t> port) {
  const bool elsewhere = std::ranges::any_of(rule.conditions, [&](Node condition) {
    return is_on_port(condition) && !takes_port(condition["values"], condition["notValues"], port);
  });
  if (elsewhere) return false;
  const bool by_caller = std::ranges::any_of(rule.sources, has_http) ||
                         std::ranges::any_of(rule.conditions, [](Node condition) {
                           return is_http_attribute(condition["key"].text());
                         });
  if (rule.operations.empty()) return by_caller;
  return std::ranges::any_of(rule.operations, [&](Node operation) {
    return takes_port(operation["ports"], operation["notPorts"], port) &&
           (by_caller || has_http(operation));
  });
}

bool names_ports(const AuthorizationRule& rule) {
  return std::ranges::any_of(rule.conditions, is_on_port) ||
         (!rule.operations.empty() && std::ranges::all_of(rule.operations, limits_ports));
}

bool is_seen_by_ztunnel(const AuthorizationRule& rule) {
  return std::ranges::all_of(fields_of(rule), is_ztunnel_attribute);
}

bool widens_on_ztunnel(const AuthorizationRule& rule) {
  if (never_matches_on_ztunnel(rule)) return false;
  return std::ranges::any_of(rule.sources, is_half_seen_by_ztunnel) ||
         std::ranges::any_of(rule.operations, is_half_seen_by_ztunnel);
}

bool never_matches_on_ztunnel(const AuthorizationRule& rule) {
  return are_unseen_by_ztunnel(rule.sources) || are_unseen_by_ztunnel(rule.operations) ||
         std::ranges::any_of(rule.conditions, [](Node condition) {
           return !is_ztunnel_attribute(condition["key"].text());
         });
}

}  // namespace meshcheck
