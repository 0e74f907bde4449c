// Severity, documentation and parameters: rules/mc212-hpa-and-vpa-same-resource.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool scales_on(const Traced<std::optional<std::int64_t>>& target) {
  return target.from.kind != Provenance::Kind::absent;
}

// The resources that both change, and what is left for the VPA, if anything.
struct Shared {
  std::string_view by_both;
  std::string_view rest;
};

Shared shared(bool cpu, bool memory) {
  if (cpu && memory) return {"cpu and memory", ""};
  return cpu ? Shared{"cpu", "memory"} : Shared{"memory", "cpu"};
}

// The list of policies is replaced as a whole: never drop bounds or containers that stand there.
bool is_simple(const Mesh& mesh, const ObjectRef& vertical) {
  const Resource* object = mesh.resources->find(vertical.kind, vertical.name_space, vertical.name);
  if (object == nullptr) return false;
  const Node policies = object->spec()["resourcePolicy"]["containerPolicies"];
  if (policies.size() > 1) return false;
  return std::ranges::all_of(policies.at(0).entries(), [](const Entry& member) {
    return member.key.text() == "containerName" || member.key.text() == "controlledResources";
  });
}

void report_conflict(const Mesh& mesh, const ControlPlane& plane, bool cpu, bool memory,
                     Sink& sink) {
  const Autoscaler& horizontal = *plane.autoscaler;
  const VerticalAutoscaler& vertical = *plane.vertical;
  const auto [what, rest] = shared(cpu, memory);
  Draft finding = sink.report(
      vertical.anchor, "VPA {} changes the {} request of {}, by which {} {} scales it",
      vertical.object.name, what, plane.name, horizontal.object.kind, horizontal.object.name);
  finding.about(plane)
      .object(vertical.object)
      .field("spec.resourcePolicy.containerPolicies[discovery].controlledResources")
      .related("the autoscaler that counts pods", horizontal.anchor, horizontal.object);
  if (rest.empty()) {
    finding.fix("Let the VPA only recommend.")
        .patch(manifest_head(vertical.object) +
               "spec:\n  updatePolicy:\n    updateMode: \"Off\"\n");
  } else {
    finding.fix(fmt::format("Leave {} to the autoscaler and {} to the VPA.", what, rest));
    if (!is_simple(mesh, vertical.object)) return;
    finding.patch(manifest_head(vertical.object) +
                  fmt::format("spec:\n  resourcePolicy:\n    containerPolicies:\n"
                              "      - containerName: discovery\n"
                              "        controlledResources: [{}]\n",
                              rest));
  }
}

}  // namespace

void mc212_hpa_and_vpa_same_resource(const Mesh& mesh, const Parameters& /*parameters*/,
                                     Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.autoscaler_known) {
      sink.not_evaluated(fmt::format("the autoscaler of {} is not in the input", plane.name));
      continue;
    }
    const bool both = plane.autoscaler && plane.vertical;
    const bool cpu =
        both && plane.vertical->controls_cpu && scales_on(plane.autoscaler->cpu_target);
    const bool memory =
        both && plane.vertical->controls_memory && scales_on(plane.autoscaler->memory_target);
    if (cpu || memory) {
      report_conflict(mesh, plane, cpu, memory, sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
