// Readers of what decides injection, in this order; for src/mesh only.
#pragma once

#include "meshcheck/mesh.h"

namespace meshcheck {

// After control planes, tags and injectors, rendered and declared.
void read_injector_webhooks(Mesh& mesh);
void read_namespaces(Mesh& mesh);
void read_workloads(Mesh& mesh);

// The webhooks' decision, and the injector's after it. `name_space` is nullopt where its labels are
// not in the input.
InjectionDecision decide(const Mesh& mesh, const std::optional<LabelSet>& name_space,
                         const PodView& pod);

}  // namespace meshcheck
