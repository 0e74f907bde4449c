// The kinds that an API server serves: what Kubernetes has built in, and what custom resources add.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::kubeapi {

struct Kind {
  std::string group;                  // empty: core
  std::vector<std::string> versions;  // the preferred first
  std::string kind;
  std::string plural;
  bool namespaced = true;
  bool custom = false;  // its objects carry kind and apiVersion in lists too
  std::string short_name = {};
  std::vector<std::string> subresources = {};

  bool serves(std::string_view version) const;
};

// What every cluster has.
std::span<const Kind> builtin_kinds();
// What is served where an object of it is there but no definition; nullptr: not known here.
const Kind* known_custom_kind(std::string_view group, std::string_view kind);

std::string group_of(std::string_view api_version);    // "apps/v1": apps; "v1": empty
std::string version_of(std::string_view api_version);  // "apps/v1": v1
std::string api_version_of(std::string_view group, std::string_view version);

// Kubernetes' order of versions: v2 before v1 before v1beta1 before v1alpha3.
bool version_precedes(std::string_view a, std::string_view b);

}  // namespace meshcheck::kubeapi
