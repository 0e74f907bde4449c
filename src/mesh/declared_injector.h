// What the istiod chart's values make of its injector beside resources; for src/mesh only.
#pragma once

#include <optional>

#include "mesh/effective_values.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

InjectorPolicy declared_policy(const EffectiveValues& values);
// `cni_component`: an IstioOperator installs istio-cni beside it.
SidecarSettings declared_sidecar(const EffectiveValues& values,
                                 const std::optional<Version>& istiod, bool cni_component);

}  // namespace meshcheck
