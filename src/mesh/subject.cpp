#include <fmt/format.h>

#include "meshcheck/mesh.h"

namespace meshcheck {

std::string ControlPlane::subject() const {
  return fmt::format("control-plane/{}/{}", name_space, revision);
}

}  // namespace meshcheck
