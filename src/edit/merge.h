// Lays a snippet of YAML over a part of a document by changing as few bytes as that takes.
#pragma once

#include <vector>

#include "edit/edit.h"
#include "meshcheck/document.h"
#include "meshcheck/result.h"

namespace meshcheck {

// The edits of the file that holds `have` after which it says what `want` says, and all else as
// before: a scalar is replaced where it stands, a missing key goes behind the last of its mapping,
// a key with null is taken away, lists are merged as align() has it. A mapping wanted where a text
// is embedded is laid over what that text holds. Comments, order, quotes and indentation stay; no
// edits where it says all that already. An error, with the reason as a fragment, where the place is
// written in a way that cannot be edited without guessing: an anchor or alias, a tag, tabs.
// is_merge_of() tells afterwards whether it worked.
Result<std::vector<Edit>> merge_edits(Node have, Node want);

}  // namespace meshcheck
