// Keys that stand twice in one mapping.
#pragma once

#include <vector>

#include "input/parse.h"
#include "input/tree_builder.h"

namespace meshcheck {

// Looks only at the mappings that the builder suspects; in the order of the later keys.
std::vector<DuplicateKey> find_duplicate_keys(TreeBuilder& tree);

}  // namespace meshcheck
