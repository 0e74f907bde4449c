// Which documents need no parsing because no rule reads their kind, and what unparsed ones may
// hold.
#pragma once

#include <string_view>

#include "input/split.h"

namespace meshcheck {

// True where the splitter is certain of the kind and no rule reads it. Of ConfigMaps those of Istio
// are read: the mesh configuration, the injector's templates and values, installation values; and
// Cilium's settings, which can break the mesh, Prometheus' rules, and mesh configurations, which
// may have any name where istiod is told of it. `text` holds the chunk.
bool may_skip(const Chunk& chunk, std::string_view text);

// What a template will make is not known; its words tell that a revision or tag may be of it.
bool names_revisions(std::string_view text);

}  // namespace meshcheck
