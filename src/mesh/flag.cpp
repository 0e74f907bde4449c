#include "meshcheck/flag.h"

#include <algorithm>
#include <array>

#include "meshcheck/mesh.h"

namespace meshcheck {

bool reads_as(std::string_view text, bool wanted) {
  constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "TRUE", "true", "True"};
  constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "FALSE", "false", "False"};
  const auto& words = wanted ? kTrue : kFalse;
  return std::ranges::count(words, text) != 0;
}

bool turns_on(const ControlPlane& plane, std::string_view variable) {
  return std::ranges::any_of(plane.env, [&](const EnvVar& one) {
    return one.name == variable && one.value && reads_as(*one.value, true);
  });
}

}  // namespace meshcheck
