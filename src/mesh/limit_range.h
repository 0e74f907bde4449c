// What the LimitRanges of a namespace put where a container says nothing.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "meshcheck/mesh.h"

namespace meshcheck {

class LimitRanges {
 public:
  explicit LimitRanges(const ResourceIndex& resources);

  // Fills in requests and limits that are missing; the name of the LimitRange that did, or empty.
  std::string apply(std::string_view name_space, Resources& resources) const;

 private:
  struct Defaults {
    std::string name;
    Resources resources;
  };
  std::multimap<std::string, Defaults, std::less<>> by_namespace_;
};

}  // namespace meshcheck
