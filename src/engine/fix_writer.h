// Writes chart settings as the YAML that belongs where the control plane is configured.
#pragma once

#include <span>
#include <string>

#include "meshcheck/finding.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// Drops the patch that a fix's own settings replace. Before findings are folded: the settings of
// one do not replace the patch of another.
void prefer_settings(Fix& fix);
// Fills `fix.values` from `fix.settings`; for plain objects the settings are dropped instead. Later
// settings of one key win. `keep`: settings of plain objects stay, for whoever plans a change by
// them. `k8s`: what an IstioOperator lays over the chart's objects, as operator_k8s() has it.
void write_fix(Fix& fix, bool keep = false, Node k8s = {});
// Fills `fix.changes`: the objects of its patch that stand in the mesh.
void note_changes(Fix& fix, const Mesh& mesh);
// `settings` as YAML, from their first keys down.
std::string settings_yaml(std::span<const Setting> settings);

}  // namespace meshcheck
