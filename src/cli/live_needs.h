// Which kinds of a cluster the selected rules ask for: what is listed, and what RBAC has to grant.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "meshcheck/rule.h"

namespace meshcheck::cli {

struct LiveNeeds {
  bool everything = true;               // some rule looks at more than can be named
  std::vector<std::string_view> kinds;  // else these; sorted
  bool proxy = true;                    // istiod's /version and /metrics
  bool drift = true;                    // istiod's /debug/syncz

  bool lists(std::string_view kind) const;
};

LiveNeeds needs_of(std::span<const Rule* const> rules);

}  // namespace meshcheck::cli
