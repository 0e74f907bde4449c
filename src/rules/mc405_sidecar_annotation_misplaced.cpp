// Severity, documentation and parameters: rules/mc405-sidecar-annotation-misplaced.yaml
#include <algorithm>
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Those that the injector and the proxy read on pods (istio.io/api: annotation/annotations.yaml).
bool is_for_pods(std::string_view key) {
  constexpr std::array<std::string_view, 6> kPrefixes = {
      "sidecar.istio.io/", "traffic.sidecar.istio.io/", "proxy.istio.io/",
      "inject.istio.io/",  "status.sidecar.istio.io/",  "readiness.status.sidecar.istio.io/"};
  return std::ranges::any_of(kPrefixes, [&](auto prefix) { return key.starts_with(prefix); });
}

// Kinds whose own annotations do not reach their pods. Knative copies some of a Service's.
bool has_template(const Workload& workload) {
  return workload.kind != "Pod" && workload.object->group() != "serving.knative.dev";
}

// Of the workload itself, and of the Jobs that a CronJob makes.
void judge(const Workload& workload, Sink& sink) {
  const Node reached = workload.object->pod_template()["metadata"]["annotations"];
  const Node of_jobs = workload.object->spec()["jobTemplate"]["metadata"]["annotations"];
  std::vector<std::string> keys;
  std::string moved;
  Node where;
  std::string field = "metadata.annotations";
  for (const Node annotations : {workload.object->annotations(), of_jobs}) {
    for (const auto [key, value] : annotations.entries()) {
      const bool known = std::ranges::count(keys, key.text()) != 0;
      if (!is_for_pods(key.text()) || reached[key.text()] || known) continue;
      if (!where && annotations == of_jobs) field = "spec.jobTemplate.metadata.annotations";
      if (!where) where = key;
      keys.emplace_back(key.text());
      if (value.text().find_first_of("\r\n\"\\") == std::string_view::npos) {
        moved += fmt::format("{}: \"{}\"\n", yaml_word(key.text()), value.text());
      }
    }
  }
  if (keys.empty()) return sink.judged();
  Draft finding = sink.report(where, "{} {} on {} {} and not on its pod template: no effect",
                              fmt::join(keys, ", "), keys.size() == 1 ? "stands" : "stand",
                              workload.kind, workload.name);
  finding.object(workload.object->ref())
      .field(fmt::format("{}[{}]", field, keys.front()))
      .fix("Move it to the pod template's annotations, or remove it.");
  if (!moved.empty()) finding.patch(annotations_patch(*workload.object, moved));
}

}  // namespace

void mc405_sidecar_annotation_misplaced(const Mesh& mesh, const Parameters&, Sink& sink) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    if (!has_template(workload) || workload.owned()) {
      continue;
    }
    any = true;
    judge(workload, sink);
  }
  if (!any) sink.not_evaluated("no workload is in the input", {"Deployment"});
}

}  // namespace meshcheck::rules
