// Gives each finding the hash by which GitHub follows its line.
#pragma once

#include <span>

#include "meshcheck/document.h"
#include "meshcheck/report.h"

namespace meshcheck::cli {

// Reads each file's text once more, from its documents or, where it has none (a Dockerfile, a
// template, a file that cannot be parsed), from the disk; only SARIF needs it.
void add_line_hashes(Report& report, std::span<const Document* const> documents);

}  // namespace meshcheck::cli
