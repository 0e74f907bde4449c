// Requests and limits of one container, effective and traced; for readers within src/mesh.
#pragma once

#include "meshcheck/document.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// Reads a `resources` mapping. What is absent is placed at the nearest node that exists, at last at
// `owner` (a container's or an object's name). A missing request with a limit beside it is that
// limit, as the API server defaults it.
Resources read_container_resources(Node resources, Node owner);

// k8s: pkg/apis/core/v1/defaults.go, SetDefaults_Pod: limits become requests that are not set.
void default_requests_to_limits(Resources& resources);

// A number that may also be a variable to be filled in later, which is unknown.
Traced<std::optional<std::int64_t>> read_integer(Node node, Node owner);

Provenance from_input(Node node);
Provenance absent_at(Node nearest);

}  // namespace meshcheck
