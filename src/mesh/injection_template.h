// The templates that an injector makes proxies of, by name; for src/mesh only.
#pragma once

#include <string_view>

#include "meshcheck/sidecar.h"

namespace meshcheck {

// One that the istiod chart brings, whatever its version
// (istio: manifests/charts/istio-control/istio-discovery/files).
bool is_istios_template(std::string_view name);

// Whether the text of a template of the user's own may size some container.
bool sets_resources(std::string_view text);

}  // namespace meshcheck
