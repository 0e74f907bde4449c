// How the items of a list that is asked for find theirs in the list that is there.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck {

// As Kubernetes merges lists (k8s: pkg/apis, `patchMergeKey`): containers and the like by name.
// Other lists are one value; where both are of one length their items are taken in pairs, so that
// what a pair has in common keeps its bytes.
struct Alignment {
  bool whole = false;  // the list is replaced as one value
  // For each item wanted the item that is there, or nothing: it is added at the end.
  std::vector<std::optional<std::size_t>> items;
};

// `field` is the key whose value the list is.
Alignment align(Node have, Node want, std::string_view field);

// Whether both mean the same to Kubernetes.
bool equal(Node a, Node b);

// Whether `after` is `before` with `want` laid over it and nothing else: the leaves of `want` as it
// has them, keys it says null for gone (or null, where nothing else is left), all others as they
// were.
bool is_merge_of(Node before, Node want, Node after);

}  // namespace meshcheck
