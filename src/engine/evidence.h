// What a run can tell of what it did not find.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "engine/points.h"
#include "meshcheck/location.h"
#include "meshcheck/mesh.h"
#include "meshcheck/rule.h"

namespace meshcheck {

class Evidence {
 public:
  // `outcomes` are those of the rules by the mesh. The meshes must outlive it.
  Evidence(std::span<const Mesh> meshes, std::span<const Rule* const> rules,
           std::span<const RuleOutcome> outcomes);

  bool selected(std::string_view rule) const { return selected_.contains(rule); }
  // The rule was selected, judged something, and met nothing that it could not decide about: what
  // it does not find is not there.
  bool decided(std::string_view rule) const { return decided_.contains(rule); }
  bool has(const ObjectRef& object) const;  // whatever its API group
  // Each is a glob, or empty: any.
  bool has_match(std::string_view kind, std::string_view name_space, std::string_view name) const;

 private:
  std::span<const Mesh> meshes_;
  std::set<std::string_view> selected_;
  std::set<std::string_view> decided_;
};

// `*` stands for any letters, `?` for one; an empty pattern matches everything.
bool matches_glob(std::string_view pattern, std::string_view text);
// The same for kinds, whatever their case.
bool is_kind(std::string_view wanted, std::string_view kind);

}  // namespace meshcheck
