// Which documents need no parsing because no rule reads their kind.
#pragma once

#include "input/split.h"

namespace meshcheck {

// True where the splitter is certain of the kind and no rule reads it. Of ConfigMaps those of Istio
// are read: the mesh configuration, the injector's templates and values, installation values; and
// Cilium's settings, which can break the mesh. `file` is the text that the chunk is a part of: a
// mesh configuration may have any name, where istiod is told of it.
bool may_skip(const Chunk& chunk, std::string_view file);

}  // namespace meshcheck
