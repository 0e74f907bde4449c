// What a selector of labels can say of pods, and what manifests cannot tell of it.
#pragma once

#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck {

struct Mesh;

// Some target of the namespace, waypoints too, has every one of the labels.
bool selects_any(const Mesh& mesh, std::string_view name_space, Node match_labels);

// The label that a controller or the injector gives to pods, so that no template shows it; empty
// where there is none. `anywhere`: of a selector that reaches every namespace.
std::string_view find_added_label(const Mesh& mesh, Node match_labels, std::string_view name_space,
                                  bool anywhere);

// Workloads whose manifests name no namespace: a kustomization or `-n` may put them into any.
bool has_unplaced_workloads(const Mesh& mesh);

}  // namespace meshcheck
