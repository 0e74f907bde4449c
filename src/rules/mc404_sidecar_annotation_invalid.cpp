// Severity, documentation and parameters: rules/mc404-sidecar-annotation-invalid.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool is_placeholder(std::string_view text) {
  return holds_variable(text) || text.find("$(") != std::string_view::npos;
}

class Judge {
 public:
  Judge(const Workload& workload, Sink& sink)
      : workload_(workload),
        annotations_(workload.object->pod_template()["metadata"]["annotations"]),
        sink_(sink) {}

  void syntax(const ResourceAnnotation& annotation) const {
    const Node node = annotations_[annotation.key];
    if (!node) return;
    if (is_placeholder(node.text())) {
      sink_.not_evaluated(
          fmt::format("{} on {} {} is a variable", annotation.key, workload_.kind, workload_.name));
      return;
    }
    const auto quantity = Quantity::parse(node.text());
    if (quantity && *quantity >= Quantity()) return sink_.judged();
    report(node, annotation,
           fmt::format("{} on {} {} is {}, which is {}", annotation.key, workload_.kind,
                       workload_.name, node.text().empty() ? "empty" : node.text(),
                       quantity ? "negative" : "not a quantity"),
           "a quantity");
  }

  void order(const ResourceAnnotation& request, const ResourceAnnotation& limit) const {
    if (written_order(request, limit)) return;
    if (workload_.sidecar) effective_order(*workload_.sidecar, request, limit);
  }

 private:
  // Between annotations, which are the whole truth unless the pod brings its own container.
  bool written_order(const ResourceAnnotation& request, const ResourceAnnotation& limit) const {
    const Node asked = annotations_[request.key];
    const Node allowed = annotations_[limit.key];
    const auto want = Quantity::parse(asked.text());
    const auto most = Quantity::parse(allowed.text());
    const bool overlaid =
        workload_.sidecar && workload_.sidecar->container["resources"].size() != 0;
    if (!want || !most || overlaid || *want <= *most) return false;
    report(
        asked, request,
        fmt::format("{} on {} {} is {}, above {}, which is {}: its pods are refused", request.key,
                    workload_.kind, workload_.name, want->text(), limit.key, most->text()),
        "at most " + most->text());
    return true;
  }

  // What the pod ends up with: annotations, its own container, the injector's defaults and a
  // LimitRange, merged (k8s: pkg/apis/core/validation/validation.go, ValidateContainerResource…).
  void effective_order(const Sidecar& sidecar, const ResourceAnnotation& request,
                       const ResourceAnnotation& limit) const {
    // It was let in.
    if (sidecar.origin == Sidecar::Origin::running && workload_.object->is_live()) return;
    const auto& want = sidecar.resources.*request.member;
    const auto& most = sidecar.resources.*limit.member;
    if (!want.value || !most.value || *want.value <= *most.value) return;
    // Where both are the injector's, it is no matter of this workload.
    const bool asks_itself = stands_here(want.from.node);
    const bool limits_itself = stands_here(most.from.node);
    const bool of_one = want.from.node.document() == most.from.node.document();
    if (!asks_itself && !limits_itself && of_one) return;
    const Node its_own = asks_itself ? want.from.node : most.from.node;
    const std::string_view what = request.field.ends_with("cpu") ? "CPU" : "memory";
    Draft finding =
        sink_.report(asks_itself || limits_itself ? its_own : workload_.object->anchor(),
                     "the proxy of {} {} requests {} of {}{}, above its limit of {}{}: its pods "
                     "are refused",
                     workload_.kind, workload_.name, want.value->text(), what,
                     in_parentheses(want.from), most.value->text(), in_parentheses(most.from));
    finding.object(workload_.object->ref())
        .field(fmt::format("containers[istio-proxy].resources.{}", request.field))
        .container(kProxyContainer)
        .compare(want.value->text(), "at most " + most.value->text(), want.from)
        .fix(fmt::format("Bring the {} request down to its limit, or set a limit that allows it.",
                         what));
    if (asks_itself && most.from.node) finding.related("the limit", most.from.node);
    if (!asks_itself && want.from.node) finding.related("the request", want.from.node);
  }

  // In the workload's own manifest.
  bool stands_here(Node node) const {
    return node && node.document() == workload_.object->root().document();
  }

  void report(Node where, const ResourceAnnotation& annotation, const std::string& message,
              std::string expected) const {
    sink_.report(where, "{}", message)
        .object(workload_.object->ref())
        .field(fmt::format("metadata.annotations[{}]", annotation.key))
        .container(kProxyContainer)
        .compare(std::string(where.text()), std::move(expected), {})
        .fix(
            fmt::format("Write {} as a Kubernetes quantity such as {}, no request above its limit.",
                        annotation.key, annotation.field.ends_with("cpu") ? "500m" : "256Mi"));
  }

  const Workload& workload_;
  Node annotations_;
  Sink& sink_;
};

}  // namespace

void mc404_sidecar_annotation_invalid(const Mesh& mesh, const Parameters&, Sink& sink) {
  if (mesh.workloads.empty()) {
    sink.not_evaluated("no workload is in the input", {"Deployment", "Pod"});
    return;
  }
  for (const Workload& workload : mesh.workloads) {
    sink.judged();
    // Where it is known that nothing is injected, nobody reads the annotations.
    const bool unread = workload.decision.known() && !workload.decision.injected;
    if (unread || workload.owned()) continue;
    const Judge judge(workload, sink);
    for (const ResourceAnnotation& annotation : kResourceAnnotations) judge.syntax(annotation);
    judge.order(kResourceAnnotations[0], kResourceAnnotations[2]);
    judge.order(kResourceAnnotations[1], kResourceAnnotations[3]);
  }
}

}  // namespace meshcheck::rules
