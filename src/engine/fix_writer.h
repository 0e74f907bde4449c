// Writes chart settings as the YAML that belongs where the control plane is configured.
#pragma once

#include <span>
#include <string>

#include "meshcheck/finding.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// Fills `fix.values` from `fix.settings`, and drops the patch that the settings replace; for plain
// objects it is the settings that are dropped. Later settings of one key win. `keep`: nothing is
// dropped. `k8s`: what an IstioOperator lays over the chart's objects, as operator_k8s() has it.
void write_fix(Fix& fix, bool keep = false, Node k8s = {});
// Fills `fix.changes`: the objects of its patch that stand in the mesh.
void note_changes(Fix& fix, const Mesh& mesh);
// `settings` as YAML, from their first keys down.
std::string settings_yaml(std::span<const Setting> settings);

}  // namespace meshcheck
