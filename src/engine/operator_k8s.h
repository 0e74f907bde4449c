// An IstioOperator's `components.pilot.k8s`, which is laid over what the chart makes of its values:
// what it says too is changed in both places.
#pragma once

#include <span>
#include <vector>

#include "meshcheck/finding.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// Of the control plane that a finding is about; missing where no IstioOperator asks for it.
Node operator_k8s(const Finding& finding, std::span<const Mesh> meshes);
// What `k8s` must say beside the chart's settings for them to have an effect; keys below `k8s`.
std::vector<Setting> settings_of_k8s(std::span<const Setting> settings, Node k8s);

}  // namespace meshcheck
