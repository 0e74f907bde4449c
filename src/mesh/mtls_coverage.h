// Whose PeerAuthentications the input is known to hold: where it holds none, that says something.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "meshcheck/mtls.h"

namespace meshcheck {

class MtlsCoverage {
 public:
  MtlsCoverage(const Mesh& mesh, const Mtls& mtls);

  // One that brings policies brings all of its own, and so does one that is there as a whole.
  bool of_namespace(std::string_view name) const;
  // The installation's repository keeps the mesh's own policy too, if it keeps policies at all:
  // what a chart renders has none, and tells nothing of how the mesh is secured. Values alone ask
  // for a control plane; only with what runs in the mesh beside them are they a mesh.
  bool of_root(std::string_view root) const;

 private:
  const Mesh& mesh_;
  std::set<std::string, std::less<>> with_policies_;
  bool stray_ = false;
};

}  // namespace meshcheck
