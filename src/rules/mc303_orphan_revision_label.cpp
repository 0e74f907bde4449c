// Severity, documentation and parameters: rules/mc303-orphan-revision-label.yaml
#include <algorithm>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kRevision = "istio.io/rev";

bool is_listed(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::string known_names(const Mesh& mesh) {
  std::set<std::string> names;
  for (const RevisionTag& tag : mesh.tags) names.insert(tag.name);
  for (const ControlPlane& plane : mesh.control_planes) names.insert(plane.revision);
  for (const InjectorWebhooks& webhooks : mesh.injector_webhooks) {
    if (!webhooks.assumed) names.insert(webhooks.tag.empty() ? webhooks.revision : webhooks.tag);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

// A webhook's own selector asks for the label in another way than by one name (`Exists`, several
// values), and takes this namespace.
bool is_taken(const Mesh& mesh, const Namespace& name_space) {
  if (name_space.decision.injected) return true;
  const auto labels = LabelSet::of_namespace(name_space.object->labels(), name_space.name);
  return std::ranges::any_of(mesh.injector_webhooks, [&](const InjectorWebhooks& webhooks) {
    return std::ranges::any_of(webhooks.webhooks, [&](const InjectorWebhook& webhook) {
      const bool asks = std::ranges::any_of(webhook.namespaces, [](const auto& requirement) {
        return requirement.key == kRevision &&
               requirement.op != LabelRequirement::Operator::does_not_exist;
      });
      return asks && selects(webhook.namespaces, labels);
    });
  });
}

class Judge {
 public:
  Judge(const Mesh& mesh, const Parameters& parameters, Sink& sink)
      : mesh_(mesh), known_(parameters.text("known-revisions")), sink_(sink) {}

  void label(const Resource& object, Node labels, std::string field, std::string_view effect) {
    const Node label = labels[kRevision];
    if (label.text().empty()) return;
    if (name_holds_variable(label.text())) {
      sink_.not_evaluated(
          fmt::format("the revision that {} {} names is a variable", object.kind(), object.name()));
      return;
    }
    if (mesh_.has_revision(label.text()) || is_listed(known_, label.text())) {
      sink_.judged();
      return;
    }
    const std::string known = known_names(mesh_);
    sink_
        .report(label, "{} {} names revision {}, which does not exist: {}", object.kind(),
                object.name(), label.text(), effect)
        .object(object.ref())
        .field(std::move(field))
        .compare(std::string(label.text()), "one of: " + known, {})
        .fix(fmt::format("Name one that is there ({}), or install {}.", known, label.text()));
  }

 private:
  const Mesh& mesh_;
  std::string_view known_;
  Sink& sink_;
};

bool is_istio_configuration(const Resource& object) {
  constexpr std::string_view kGroups[] = {"networking.istio.io", "security.istio.io",
                                          "telemetry.istio.io", "extensions.istio.io"};
  return std::ranges::count(kGroups, object.group()) != 0;
}

// A label of its own decides only where the namespace has none
// (istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml).
bool decides_itself(const Mesh& mesh, const Workload& workload) {
  if (workload.decision.injected) return false;
  if (workload.owned()) return false;
  switch (workload.decision.reason) {
    case InjectionReason::host_network:
    case InjectionReason::ignored_namespace:
    case InjectionReason::pod_opt_out:
    case InjectionReason::ambient: return false;
    default: break;
  }
  if (workload.pod_labels()["sidecar.istio.io/inject"].text() == "false") return false;
  const Namespace* name_space = mesh.find_namespace(workload.name_space);
  return name_space == nullptr || (!name_space->object->labels()["istio-injection"] &&
                                   !name_space->object->labels()[kRevision]);
}

}  // namespace

void mc303_orphan_revision_label(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (!mesh.revisions_known()) {
    sink.not_evaluated(
        "which revisions exist is not in the input: no istiod and no injector "
        "webhook, or one whose revision a variable or a template decides",
        {"MutatingWebhookConfiguration", "Deployment istiod"});
    return;
  }
  sink.judged();
  Judge judge(mesh, parameters, sink);
  for (const Namespace& name_space : mesh.namespaces) {
    if (is_taken(mesh, name_space)) continue;
    judge.label(*name_space.object, name_space.object->labels(), "metadata.labels[istio.io/rev]",
                "its pods start without a sidecar");
  }
  for (const Workload& workload : mesh.workloads) {
    if (!decides_itself(mesh, workload)) continue;
    const bool pod = workload.object->kind() == "Pod";
    judge.label(
        *workload.object, workload.pod_labels(),
        pod ? "metadata.labels[istio.io/rev]" : "spec.template.metadata.labels[istio.io/rev]",
        "its pods start without a sidecar");
  }
  for (const Resource* object : mesh.resources->all()) {
    const bool gateway = object->kind() == "Gateway" && object->group() == kGatewayApi;
    if (!gateway && !is_istio_configuration(*object)) continue;
    judge.label(*object, object->labels(), "metadata.labels[istio.io/rev]",
                gateway ? "no istiod deploys it" : "every istiod ignores it");
  }
}

}  // namespace meshcheck::rules
