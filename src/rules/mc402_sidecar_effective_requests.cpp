// Severity, documentation and parameters: rules/mc402-sidecar-effective-requests.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using TracedQuantity = Traced<std::optional<Quantity>>;

// The workload wrote it, and not the injector for all: MC401 speaks of that.
bool is_own(const Workload& workload, const Provenance& from) {
  return from.node && from.node.document() == workload.object->root().document() &&
         from.kind != Provenance::Kind::absent;
}

// What `kubectl` would let the user change in place.
std::string setting_of(const Sidecar& sidecar, const char* annotation) {
  return sidecar.origin == Sidecar::Origin::annotations ? annotation
                                                        : "the istio-proxy container's request";
}

struct Judge {
  const Workload& workload;
  const Sidecar& sidecar;
  Sink& sink;

  void request(const TracedQuantity& have, const Quantity& floor, const char* what,
               const char* annotation) const {
    if (!have.value || !is_own(workload, have.from) || *have.value >= floor) return;
    if (*have.value < Quantity()) return;  // is no request: MC404
    const std::string setting = setting_of(sidecar, annotation);
    Draft finding =
        sink.report(have.from.node, "the sidecar of {} {} requests {} of {}, below {}",
                    workload.kind, workload.name, have.value->text(), what, floor.text());
    finding.object(workload.object->ref())
        .field(fmt::format("sidecar.resources.requests.{}", what))
        .container(kProxyContainer)
        .compare(have.value->text(), "at least " + floor.text(), have.from)
        .fix(fmt::format("Raise {} to {} or more.", setting, floor.text()));
    if (sidecar.origin == Sidecar::Origin::annotations) {
      finding.patch(annotations_patch(*workload.object,
                                      fmt::format("{}: \"{}\"\n", annotation, floor.text())));
    }
  }
};

}  // namespace

void mc402_sidecar_effective_requests(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    // What a controller has made is judged at the controller.
    const Sidecar* sidecar = workload.sized_sidecar();
    if (sidecar == nullptr || sidecar->gateway ||
        workload.object->metadata()["ownerReferences"].size() != 0 ||
        sidecar->origin == Sidecar::Origin::running) {
      continue;
    }
    any = true;
    sink.judged();
    const Judge judge{workload, *sidecar, sink};
    const Resources& resources = sidecar->resources;
    judge.request(resources.cpu_request, parameters.quantity("min-cpu"), "cpu",
                  "sidecar.istio.io/proxyCPU");
    judge.request(resources.memory_request, parameters.quantity("min-memory"), "memory",
                  "sidecar.istio.io/proxyMemory");
  }
  if (!any)
    sink.not_evaluated("no workload that is known to get a sidecar is in the input",
                       {"Namespace", "Deployment"});
}

}  // namespace meshcheck::rules
