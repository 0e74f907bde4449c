// Which fields of a rule need what: HTTP, ztunnel, mutual TLS.
#include <algorithm>
#include <array>

#include "meshcheck/authorization.h"

namespace meshcheck {
namespace {

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& known, std::string_view field) {
  return std::ranges::find(known, field) != known.end();
}

bool is_unseen_by_ztunnel(Node clause) {
  return std::ranges::none_of(clause.entries(), [](const Entry& field) {
    return field.value.size() != 0 && is_ztunnel_attribute(field.key.text());
  });
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

bool never_matches_on_ztunnel(const AuthorizationRule& rule) {
  return are_unseen_by_ztunnel(rule.sources) || are_unseen_by_ztunnel(rule.operations) ||
         std::ranges::any_of(rule.conditions, [](Node condition) {
           return !is_ztunnel_attribute(condition["key"].text());
         });
}

}  // namespace meshcheck
