// Severity, documentation and parameters: rules/mc202-istiod-hpa-missing.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::string autoscaler_manifest(const ControlPlane& plane, std::int64_t min, std::int64_t max,
                                std::int64_t target) {
  const ObjectRef hpa{
      "autoscaling/v2", "HorizontalPodAutoscaler", plane.name_space, plane.name, {}};
  return manifest_head(hpa) + "  labels:\n" + indented(pod_selector(plane), 4) +
         fmt::format(
             "spec:\n"
             "  scaleTargetRef:\n"
             "    apiVersion: apps/v1\n"
             "    kind: Deployment\n"
             "    name: {}\n"
             "  minReplicas: {}\n"
             "  maxReplicas: {}\n"
             "  metrics:\n"
             "    - type: Resource\n"
             "      resource:\n"
             "        name: cpu\n"
             "        target:\n"
             "          type: Utilization\n"
             "          averageUtilization: {}\n",
             yaml_word(plane.name), min, max, target);
}

void add_fix(Draft& finding, const ControlPlane& plane, const Parameters& parameters) {
  const ReplicaBounds bounds = replica_bounds(
      {}, plane.asked, std::max(parameters.integer("min-replicas"), plane.min_replicas().value));
  const std::int64_t min = bounds.min;
  const std::int64_t max = std::max(
      {parameters.integer("max-replicas"), plane.asked.at_most, bounds.max.value_or(0), min + 1});
  const std::int64_t target = parameters.integer("cpu-target");
  finding
      .fix(fmt::format("Let a HorizontalPodAutoscaler scale it on CPU, from {} to {} replicas.",
                       min, max))
      .setting("autoscaleEnabled", "true")
      .setting("autoscaleMin", std::to_string(min))
      .setting("autoscaleMax", std::to_string(max))
      .setting("cpu.targetAverageUtilization", std::to_string(target))
      .patch(autoscaler_manifest(plane, min, max, target));
}

std::string replicas_field(const ControlPlane& plane) {
  return plane.deployment != nullptr ? "spec.replicas" : "autoscaleEnabled";
}

void report(const ControlPlane& plane, const Parameters& parameters, Sink& sink) {
  const Traced<std::int64_t> replicas = plane.min_replicas();
  const Node where = plane.place(replicas.from);
  if (plane.vertical) {
    Draft finding =
        sink.report_as("fixed-replicas", where,
                       "only VerticalPodAutoscaler {} scales {}: it grows, its replicas "
                       "do not",
                       plane.vertical->object.name, plane.name);
    finding.about(plane)
        .field(replicas_field(plane))
        .related("the VerticalPodAutoscaler", plane.vertical->anchor, plane.vertical->object);
    if (!plane.vertical->controls_cpu) return add_fix(finding, plane, parameters);
    // An HPA on the CPU that a VPA resizes would chase its own tail (MC212).
    finding.fix(
        "Let a HorizontalPodAutoscaler scale it on CPU, and the VerticalPodAutoscaler "
        "control memory only.");
    return;
  }
  const bool enough = replicas.value >= parameters.integer("min-replicas");
  Draft finding =
      enough ? sink.report_as("fixed-replicas", where,
                              "{} runs a fixed {} replicas: no HorizontalPodAutoscaler targets it",
                              plane.name, replicas.value)
             : sink.report(where,
                           "nothing scales {} with its load: no HorizontalPodAutoscaler targets it",
                           plane.name);
  finding.about(plane).field(replicas_field(plane));
  add_fix(finding, plane, parameters);
}

}  // namespace

void mc202_istiod_hpa_missing(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.autoscaler_known || !plane.min_replicas().known()) {
      sink.not_evaluated(fmt::format("whether an autoscaler scales {} is not known: {}", plane.name,
                                     plane.fixed_replicas.from.text));
    } else if (plane.autoscaler || plane.retired()) {
      sink.judged();
    } else {
      report(plane, parameters, sink);
    }
  }
}

}  // namespace meshcheck::rules
