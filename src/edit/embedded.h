// Changes inside a document that a string of another holds, as changes of the file.
#pragma once

#include <vector>

#include "edit/edit.h"
#include "meshcheck/document.h"
#include "meshcheck/result.h"

namespace meshcheck {

// `edits` are of the text of `embedded`. A literal block scalar (`|`) is edited line by line, a
// string in double quotes is written anew; other styles, and a document within an embedded one, are
// an error.
Result<std::vector<Edit>> outer_edits(const Document& embedded, std::vector<Edit> edits);

}  // namespace meshcheck
