// Severity, documentation and parameters: rules/mc201-istiod-single-replica.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The injector of this istiod, where it refuses new pods while istiod does not answer
// (istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml).
const Resource* closed_injector(const Mesh& mesh, const ControlPlane& plane) {
  for (const Resource* webhooks : mesh.resources->of_kind("MutatingWebhookConfiguration")) {
    for (const Node webhook : webhooks->root()["webhooks"].items()) {
      const Node service = webhook["clientConfig"]["service"];
      if (service["name"].text() == plane.name && service["namespace"].text() == plane.name_space &&
          webhook["failurePolicy"].text() == "Fail") {
        return webhooks;
      }
    }
  }
  return nullptr;
}

void add_fix(Draft& finding, const ControlPlane& plane, std::int64_t wanted) {
  if (plane.autoscaler) {
    finding.fix(fmt::format("Let autoscaling start at {} replicas.{}", wanted,
                            minimum_advice(plane.autoscaler, wanted)));
  } else {
    finding.fix(fmt::format("Run at least {} replicas, and let them grow with the load.", wanted));
  }
  finding.settings_for_replicas(plane, wanted).patch(replicas_patch(plane, wanted));
  if (plane.autoscaler && plane.autoscaler->beside_chart) finding.object(plane.autoscaler->object);
}

void judge(const Mesh& mesh, const ControlPlane& plane, std::int64_t wanted, Sink& sink) {
  const Traced<std::int64_t> replicas = plane.min_replicas();
  if (plane.retired() || replicas.value >= wanted) {
    sink.judged();
    return;
  }
  Draft finding =
      sink.report(plane.place(replicas.from), "{} keeps only {} replica{} at rest{}", plane.name,
                  replicas.value, replicas.value == 1 ? "" : "s", in_parentheses(replicas.from));
  finding.about(plane)
      .field(plane.autoscaler ? "spec.minReplicas" : "spec.replicas")
      .compare(std::to_string(replicas.value), fmt::format("at least {}", wanted), replicas.from);
  add_fix(finding, plane, wanted);
  if (plane.autoscaler && plane.deployment != nullptr) {
    finding.related("its autoscaler", plane.autoscaler->anchor, plane.autoscaler->object);
  }
  if (const Resource* webhooks = closed_injector(mesh, plane)) {
    finding.related(
        "while istiod is away this injector refuses every new pod (failurePolicy: Fail)",
        webhooks->anchor(), webhooks->ref());
  }
}

}  // namespace

void mc201_istiod_single_replica(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    const Traced<std::int64_t> replicas = plane.min_replicas();
    if (!replicas.known() || !plane.autoscaler_known) {
      sink.not_evaluated(fmt::format("the replicas of {} are not in the input ({})", plane.name,
                                     replicas.from.text));
      continue;
    }
    judge(mesh, plane, parameters.integer("min-replicas"), sink);
  }
}

}  // namespace meshcheck::rules
