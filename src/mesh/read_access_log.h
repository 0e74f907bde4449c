// Readers of what decides access logs; for src/mesh only.
#pragma once

#include <vector>

#include "mesh/helm_value.h"
#include "meshcheck/access_log.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

void read_telemetries(Mesh& mesh);

// extensionProviders over those that istiod has built in: a provider of the same name replaces one.
std::vector<LogProvider> read_log_providers(const std::vector<Node>& extension_providers);
std::vector<LogProvider> read_log_providers(const HelmValue& extension_providers);

}  // namespace meshcheck
