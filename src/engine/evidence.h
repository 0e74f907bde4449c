// What a run can tell of what it did not find.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/points.h"
#include "meshcheck/location.h"
#include "meshcheck/mesh.h"
#include "meshcheck/rule.h"

namespace meshcheck {

class Evidence {
 public:
  // `outcomes` are those of the rules by the mesh; `sees_code` tells whether what another tool's
  // code stands for would have been told. The meshes must outlive it.
  Evidence(std::span<const Mesh> meshes, std::span<const Rule* const> rules,
           std::span<const RuleOutcome> outcomes, std::function<bool(std::string_view)> sees_code);

  bool selected(std::string_view rule) const;
  // The rule was selected, judged something, and met nothing that it could not decide about: what
  // it does not find is not there.
  bool decided(std::string_view rule) const;
  // The same of one object, wherever it stands: what the rule could not decide about in other
  // meshes is nothing to it.
  bool decided(std::string_view rule, const ObjectRef& object) const;
  bool has(const ObjectRef& object) const;  // whatever its API group
  // Each is a glob, or empty: any.
  bool has_match(std::string_view kind, std::string_view name_space, std::string_view name) const;

 private:
  std::span<const Mesh> meshes_;
  std::set<std::string_view> selected_;
  // Of each rule that judged something, the meshes that it could not wholly decide about.
  std::map<std::string_view, std::vector<const Mesh*>> judged_;
  std::function<bool(std::string_view)> sees_code_;
};

// `*` stands for any letters, `?` for one; an empty pattern matches everything.
bool matches_glob(std::string_view pattern, std::string_view text);
// The same for kinds, whatever their case.
bool is_kind(std::string_view wanted, std::string_view kind);

}  // namespace meshcheck
