// Workloads that are none to the API server, and so are left out of the mesh.
#pragma once

#include <span>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/report.h"

namespace meshcheck::cli {

// Of each what it lacks. Not those that say themselves what they are: a kustomization names them
// as patches, or they hold a `$patch`.
std::vector<Inputs::Skipped> unjudged_workloads(std::span<const Document* const> documents);

}  // namespace meshcheck::cli
