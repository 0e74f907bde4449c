// Severity, documentation and parameters: rules/mc306-conflicting-injection-labels.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

void report_both(const Namespace& name_space, Node injection, Node revision, Sink& sink) {
  const bool enabled = injection.text() == "enabled";
  sink.report(revision,
              "namespace {} has istio-injection={} and istio.io/rev={}: the revision is ignored{}",
              name_space.name, injection.text(), revision.text(),
              enabled ? ", the default one injects" : ", nothing is injected")
      .object(name_space.object->ref())
      .field("metadata.labels[istio.io/rev]")
      .related("this label wins", injection, name_space.object->ref())
      .fix(fmt::format("Keep the one that is meant: `kubectl label namespace {} "
                       "istio-injection-` leaves istio.io/rev={}.",
                       name_space.name, revision.text()));
}

void report_value(const Namespace& name_space, Node injection, Sink& sink) {
  sink.report(injection,
              "namespace {} has istio-injection={}, which is neither enabled nor disabled: nothing "
              "is injected",
              name_space.name, injection.text())
      .object(name_space.object->ref())
      .field("metadata.labels[istio-injection]")
      .compare(std::string(injection.text()), "enabled or disabled", {})
      .fix(fmt::format("`kubectl label namespace {} istio-injection=enabled --overwrite`, or "
                       "disabled.",
                       name_space.name));
}

void judge(const Namespace& name_space, bool has_istio, Sink& sink) {
  const Node labels = name_space.object->labels();
  const Node injection = labels["istio-injection"];
  const Node revision = labels["istio.io/rev"];
  if (name_holds_variable(injection.text()) || name_holds_variable(revision.text())) {
    sink.not_evaluated(fmt::format("a label of namespace {} is a variable", name_space.name));
    return;
  }
  const Node mode = labels["istio.io/dataplane-mode"];
  // Of a cluster without Istio nothing is said that a label could contradict.
  if (!has_istio && !injection && !revision && !mode) return;
  sink.judged();
  const bool both = injection && !revision.text().empty();
  if (both) {
    report_both(name_space, injection, revision, sink);
  } else if (injection && injection.text() != "enabled" && injection.text() != "disabled") {
    report_value(name_space, injection, sink);
  }
  if (both || mode.text() != "ambient" || !name_space.decision.injected) return;
  sink.report_as("sidecar-and-ambient", mode,
                 "namespace {} is in ambient mode and revision {} injects it: its pods get "
                 "sidecars",
                 name_space.name, name_space.decision.revision)
      .object(name_space.object->ref())
      .field("metadata.labels[istio.io/dataplane-mode]")
      .fix(
          "Take the injection label away to use ambient, or istio.io/dataplane-mode to keep "
          "sidecars.");
}

}  // namespace

void mc306_conflicting_injection_labels(const Mesh& mesh, const Parameters& /*parameters*/,
                                        Sink& sink) {
  if (mesh.namespaces.empty()) sink.not_evaluated("no Namespace is in the input", {"Namespace"});
  const bool has_istio = !mesh.control_planes.empty();
  for (const Namespace& name_space : mesh.namespaces) judge(name_space, has_istio, sink);
  if (sink.judged_count() == 0 && sink.skipped().empty()) {
    sink.not_evaluated("neither an istiod nor a namespace with an injection label is in the input",
                       {"Namespace"});
  }
}

}  // namespace meshcheck::rules
