// What a tag makes of a scalar, and which scalars Go accepts as keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "input/tree_builder.h"

namespace meshcheck {

// Applies a scalar's tag to the node added last, whose text is raw: afterwards it is null, a plain
// scalar that resolves by its text, or a string. Says what is wrong where Go could not decode it.
std::optional<std::string> apply_tag(std::string_view tag, bool plain_implicit, TreeBuilder& tree,
                                     bool is_key);

// Says why a scalar cannot be a key of a JSON object, if it cannot.
std::optional<std::string> key_problem(const TreeBuilder& tree, const RawNode& key);

}  // namespace meshcheck
