// Whether a script or CI configuration takes variables from another file.
#pragma once

#include <span>

#include "input/text_lines.h"

namespace meshcheck {

// Make's `include`, GitLab's `include:`, a shell's `source x` or `. x`. A variable that the file
// does not set may be set there.
bool reads_other_file(std::span<const TextLine> lines);

}  // namespace meshcheck
