// What files saved from a running mesh say about it, and what pins the tools around it: facts that
// are no Kubernetes objects, each with its place.
#pragma once

namespace meshcheck {

struct Observations {};

}  // namespace meshcheck
