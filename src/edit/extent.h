// Where the text of a node begins and ends, byte by byte; nodes store only where they begin.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck {

// One past the node's last byte, comments behind it and the line end left out; of an absent value
// (`key:`) where it would stand. Nothing where that is not certain: an alias, an anchor, a tag, a
// key in a shape of its own.
std::optional<std::uint64_t> end_of(Node node);

// The bytes before the node on its line, where these are only spaces and the dashes of list items;
// as a number of columns. Nothing where something else stands there.
std::optional<std::uint64_t> indentation_of(Node node);

// The column of the dash of a block sequence's items.
std::optional<std::uint64_t> dash_column(Node sequence);

// Whether the node is written as `{…}` or `[…]`.
bool is_flow(Node node);

// Whether another node of the document shares its text, as those do that an alias or a merge key
// repeats: to edit the one edits the other.
bool is_shared(Node node);

}  // namespace meshcheck
