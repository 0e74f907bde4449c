// Why a rule could not judge, in words for whoever reads the report.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "meshcheck/mesh.h"
#include "meshcheck/rule.h"

namespace meshcheck {

// Of one rule, over all meshes.
class UnjudgedReasons {
 public:
  void add(const Mesh& mesh, Sink::Skipped skipped);
  // Each once, in the order in which they came. A rule that judged nothing and said nothing was not
  // shown its subject.
  std::vector<Sink::Skipped> of(const RuleInfo& rule, bool judged, std::span<const Mesh> meshes);

 private:
  std::vector<Sink::Skipped> all_;
  std::vector<std::size_t> meshes_;  // of each reason, how many gave it
};

}  // namespace meshcheck
