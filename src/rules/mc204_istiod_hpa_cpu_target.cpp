// Severity, documentation and parameters: rules/mc204-istiod-hpa-cpu-target.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// An object keeps its version: in autoscaling/v2 what v2beta1 says would be no metric at all.
// (k8s: staging/src/k8s.io/api/autoscaling/v2beta1/types.go, ResourceMetricSource)
std::string metric_manifest(const ObjectRef& hpa, std::string_view resource,
                            std::int64_t utilization) {
  if (hpa.api_version == "autoscaling/v2beta1") {
    return fmt::format(
        "    - type: Resource\n"
        "      resource:\n"
        "        name: {}\n"
        "        targetAverageUtilization: {}\n",
        resource, utilization);
  }
  return fmt::format(
      "    - type: Resource\n"
      "      resource:\n"
      "        name: {}\n"
      "        target:\n"
      "          type: Utilization\n"
      "          averageUtilization: {}\n",
      resource, utilization);
}

void add_patch(Draft& finding, const Autoscaler& autoscaler, std::int64_t target) {
  // Metrics are one list, replaced as a whole: never drop one that we cannot write again.
  if (autoscaler.other_metrics || autoscaler.object.kind != "HorizontalPodAutoscaler") return;
  if (autoscaler.object.api_version == "autoscaling/v1") {
    finding.patch(manifest_head(autoscaler.object) +
                  fmt::format("spec:\n  targetCPUUtilizationPercentage: {}\n", target));
    return;
  }
  const auto& memory = autoscaler.memory_target;
  if (!memory.known()) return;
  const ObjectRef& hpa = autoscaler.object;
  finding.patch(manifest_head(hpa) + "spec:\n  metrics:\n" + metric_manifest(hpa, "cpu", target) +
                (memory.value ? metric_manifest(hpa, "memory", *memory.value) : ""));
}

Draft report(const ControlPlane& plane, std::int64_t highest, Sink& sink) {
  const Autoscaler& autoscaler = *plane.autoscaler;
  const auto& cpu = autoscaler.cpu_target;
  if (cpu.value) {
    return sink.report(plane.place(cpu.from),
                       "{} scales out only at {} % CPU{}; at {} % a new replica is ready in time",
                       plane.name, *cpu.value, in_parentheses(cpu.from), highest);
  }
  if (autoscaler.other_metrics) {
    return sink.report_as("other-metric", autoscaler.anchor,
                          "{} does not scale on CPU, only on metrics of its own", plane.name);
  }
  return sink.report_as("other-metric", autoscaler.anchor,
                        "{} scales on memory alone, which more replicas do not lower", plane.name);
}

bool scales_on_something_else(const Autoscaler& autoscaler) {
  return autoscaler.other_metrics || autoscaler.memory_target.value ||
         !autoscaler.memory_target.known();
}

void judge(const ControlPlane& plane, std::int64_t highest, Sink& sink) {
  const Autoscaler& autoscaler = *plane.autoscaler;
  const auto& cpu = autoscaler.cpu_target;
  if (!cpu.known()) {
    sink.not_evaluated(fmt::format("the CPU target of {}'s autoscaler is not known: {}", plane.name,
                                   cpu.from.text));
    return;
  }
  const bool wrong = cpu.value ? *cpu.value > highest : scales_on_something_else(autoscaler);
  if (!wrong) return sink.judged();
  Draft finding = report(plane, highest, sink);
  finding.about(plane)
      .field(plane.deployment != nullptr ? "spec.metrics" : "cpu.targetAverageUtilization")
      .compare(cpu.value ? fmt::format("{} %", *cpu.value) : "none",
               fmt::format("at most {} %", highest), cpu.from)
      .fix(fmt::format("Scale on CPU, at {} % utilisation of the request.", highest));
  if (!autoscaler.beside_chart) {
    finding.setting("cpu.targetAverageUtilization", std::to_string(highest));
  }
  add_patch(finding, autoscaler, highest);
  if (autoscaler.beside_chart || plane.deployment != nullptr) finding.object(autoscaler.object);
}

}  // namespace

void mc204_istiod_hpa_cpu_target(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.autoscaler && plane.autoscaler_known) {
      judge(plane, parameters.integer("max-cpu-target"), sink);
    } else {
      sink.not_evaluated(fmt::format("no autoscaler of {} in the input", plane.name));
    }
  }
}

}  // namespace meshcheck::rules
