// What a fix's patch is made of: one part for each document, told apart by text alone.
#pragma once

#include <string_view>
#include <vector>

#include "meshcheck/location.h"

namespace meshcheck {

struct PatchPart {
  ObjectRef object;  // as manifest_head() writes it; without a kind where no object is named
  std::string_view yaml;
};

std::vector<PatchPart> patch_parts(std::string_view patch);

}  // namespace meshcheck
