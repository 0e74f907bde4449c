// Several lists side by side, and where one of all namespaces is forbidden, a list for each
// namespace that is known.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "live/caller.h"
#include "live/client.h"
#include "live/coverage.h"
#include "live/lister.h"

namespace meshcheck::live {

std::vector<Coverage> list_all(Caller& caller, std::span<const ListQuery> queries,
                               const Scope& scope, const PagesFn& page);

struct NamespaceListed {
  std::string name_space;
  Listed listed;
};

// The lists of one resource by namespace.
struct Parts {
  std::vector<NamespaceListed> parts;
  std::vector<std::string> untried;  // namespaces that were not asked for
  std::optional<Error> denied;       // the answer to the list of all, where that was asked for
  bool are_all = true;               // no namespace is missing from both
};

// What they amount to.
Coverage unite(const ApiResource& resource, const Parts& parts);

}  // namespace meshcheck::live
