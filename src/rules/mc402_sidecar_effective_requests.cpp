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

// One resource as the workload asks for it, and what it should.
struct Asked {
  const char* what;
  const char* annotation;
  const TracedQuantity& have;
  const TracedQuantity& limit;
  const char* chart_limit;  // istio: manifests/charts/istio-control/istio-discovery/values.yaml
  Quantity floor;

  std::string annotations() const {
    std::string lines = fmt::format("{}: \"{}\"\n", annotation, floor.text());
    const auto higher = raised_limit(limit, floor, Quantity::parse(chart_limit).value());
    if (higher) lines += fmt::format("{}Limit: \"{}\"\n", annotation, *higher);
    return lines;
  }
};

// What `kubectl` would let the user change in place.
std::string setting_of(const Sidecar& sidecar, const char* annotation) {
  return sidecar.origin == Sidecar::Origin::annotations ? annotation
                                                        : "the istio-proxy container's request";
}

struct Judge {
  const Workload& workload;
  const Sidecar& sidecar;
  Sink& sink;

  void request(const Asked& asked) const {
    const auto& [what, annotation, have, limit, chart_limit, floor] = asked;
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
      finding.patch(annotations_patch(*workload.object, asked.annotations()));
    }
  }
};

}  // namespace

void mc402_sidecar_effective_requests(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    // What a controller has made is judged at the controller.
    const Sidecar* sidecar = workload.sized_sidecar();
    if (sidecar == nullptr || sidecar->gateway || workload.owned() ||
        sidecar->origin == Sidecar::Origin::running) {
      continue;
    }
    any = true;
    sink.judged();
    const Judge judge{workload, *sidecar, sink};
    const Resources& resources = sidecar->resources;
    judge.request({"cpu", "sidecar.istio.io/proxyCPU", resources.cpu_request, resources.cpu_limit,
                   "2000m", parameters.quantity("min-cpu")});
    judge.request({"memory", "sidecar.istio.io/proxyMemory", resources.memory_request,
                   resources.memory_limit, "1Gi", parameters.quantity("min-memory")});
  }
  if (!any)
    sink.not_evaluated("no workload that is known to get a sidecar is in the input",
                       {"Namespace", "Deployment"});
}

}  // namespace meshcheck::rules
