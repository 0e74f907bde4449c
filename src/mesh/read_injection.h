// Readers of what decides injection, in this order; for src/mesh only.
#pragma once

#include <string>

#include "meshcheck/mesh.h"

namespace meshcheck {

// The webhooks that an installation gives to a cluster whose istiod runs elsewhere; `by_url` they
// call no Service of it. Before read_injector_webhooks().
void add_remote_webhooks(const std::string& revision, const std::string& name_space, bool by_url,
                         Node anchor, Mesh& mesh);
// After control planes, tags and injectors, rendered and declared.
void read_injector_webhooks(Mesh& mesh);
void read_namespaces(Mesh& mesh);
void read_workloads(Mesh& mesh);

// The webhooks' decision, and the injector's after it. `name_space` is nullopt where its labels are
// not in the input.
InjectionDecision decide(const Mesh& mesh, const std::optional<LabelSet>& name_space,
                         const PodView& pod);

// Some of the webhooks that would be called have matchConditions: CEL, which is not evaluated.
bool hangs_on_conditions(const InjectorWebhooks& webhooks, const WebhookVerdict& verdict);

}  // namespace meshcheck
