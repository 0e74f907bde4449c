// The annotations by which objects accept findings about themselves.
#pragma once

#include <vector>

#include "meshcheck/mesh.h"
#include "meshcheck/suppression.h"

namespace meshcheck {

// Of every object of the mesh and of the pod templates of its workloads, which speak for the
// workload: charts often let nothing but its pods be annotated.
std::vector<Suppression> read_annotations(const Mesh& mesh);

}  // namespace meshcheck
