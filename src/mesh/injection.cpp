#include <algorithm>
#include <array>

#include "mesh/pod_count.h"
#include "mesh/read_injection.h"
#include "mesh/sidecar.h"

namespace meshcheck {
namespace {

// istio: pkg/kube/inject/inject.go, IgnoredNamespaces
constexpr std::array<std::string_view, 4> kIgnoredNamespaces = {
    "kube-system", "kube-public", "kube-node-lease", "local-path-storage"};

constexpr std::string_view kMode = "istio.io/dataplane-mode";

bool is_ignored(std::string_view name_space) {
  return std::ranges::count(kIgnoredNamespaces, name_space) != 0;
}

// The label goes before the annotation, which is deprecated.
std::string_view wish(Node labels, Node annotations) {
  const Node label = labels["sidecar.istio.io/inject"];
  return label ? label.text() : annotations["sidecar.istio.io/inject"].text();
}

// An empty selector selects nothing here.
bool any_selects(const std::vector<LabelSelector>& selectors, const LabelSet& labels) {
  return std::ranges::any_of(selectors, [&](const LabelSelector& selector) {
    return !selector.empty() && selects(selector, labels);
  });
}

InjectorPolicy policy_of(const Mesh& mesh, std::string_view revision) {
  for (const Injector& injector : mesh.injectors) {
    if (injector.revision == revision) return injector.policy;
  }
  return {};
}

// The reason that explains most, where no configuration matches.
int weight(InjectionReason reason) {
  switch (reason) {
    case InjectionReason::namespace_opt_out: return 4;
    case InjectionReason::pod_opt_out: return 3;
    case InjectionReason::other_revision: return 2;
    case InjectionReason::deactivated: return 0;
    default: return 1;
  }
}

// istio: cni/pkg/util/enablement_selector.go
bool is_ambient(const LabelSet& name_space, const PodView& pod) {
  if (pod.host_network || pod.annotations["sidecar.istio.io/status"]) return false;
  const LabelSet labels(pod.labels);
  if (labels.has(kMode, "ambient")) return true;
  return name_space.has(kMode, "ambient") && !labels.has(kMode, "none");
}

// What holds whatever the labels of the namespace are.
std::optional<InjectionReason> refused_in_any_namespace(const PodView& pod) {
  if (pod.host_network) return InjectionReason::host_network;
  if (is_ignored(pod.name_space)) return InjectionReason::ignored_namespace;
  if (opts_out(pod.labels, pod.annotations)) return InjectionReason::pod_opt_out;
  return std::nullopt;
}

// With what the Job controller adds to the template's (k8s: pkg/controller/job/job_controller.go
// and pkg/apis/batch/types.go): the name is a CronJob's own only in part, and the uid nobody knows.
LabelSet labels_of_job(const PodView& pod, std::string_view name) {
  LabelSet labels(pod.labels);
  for (const char* key : {"job-name", "batch.kubernetes.io/job-name", "controller-uid",
                          "batch.kubernetes.io/controller-uid"}) {
    labels.set(key, name);
  }
  return labels;
}

struct Hit {
  const InjectorWebhooks* webhooks = nullptr;
  WebhookVerdict verdict;
};

std::vector<Hit> find_hits(const Mesh& mesh, const LabelSet& name_space, const LabelSet& labels,
                           InjectionDecision& decision) {
  std::vector<Hit> hits;
  int heaviest = -1;
  for (const InjectorWebhooks& webhooks : mesh.injector_webhooks) {
    WebhookVerdict verdict = judge(webhooks, name_space, labels);
    if (verdict.matches) {
      decision.webhooks.insert(decision.webhooks.end(), verdict.hits.size(), webhooks.name);
      hits.push_back({&webhooks, std::move(verdict)});
    } else if (weight(verdict.reason) > heaviest) {
      heaviest = weight(verdict.reason);
      decision.reason = verdict.reason;
      decision.label = verdict.label;
    }
  }
  return hits;
}

bool makes_jobs(std::string_view kind) { return kind == "Job" || kind == "CronJob"; }

// istio: pkg/kube/inject/inject.go, injectRequired
InjectorVerdict inject_required(const InjectorPolicy& policy, const PodView& pod,
                                const LabelSet& labels) {
  if (pod.host_network) return {false, InjectionReason::host_network};
  if (is_ignored(pod.name_space)) return {false, InjectionReason::ignored_namespace};
  const std::string_view wanted = wish(pod.labels, pod.annotations);
  if (wanted == "true") return {true, std::nullopt};
  if (wanted == "false") return {false, InjectionReason::pod_opt_out};
  if (any_selects(policy.never_inject, labels)) {
    return {false, InjectionReason::never_inject_selector};
  }
  const bool enabled = policy.policy == "enabled";
  if (any_selects(policy.always_inject, labels)) {
    if (enabled) return {true, std::nullopt};
    return {true, InjectionReason::always_inject_selector};
  }
  if (!enabled) return {false, InjectionReason::policy_disabled};
  return {true, std::nullopt};
}

InjectionDecision decide(const Mesh& mesh, const std::optional<LabelSet>& name_space,
                         const PodView& pod, const LabelSet& labels) {
  InjectionDecision decision;
  if (!name_space) {
    decision.reason = refused_in_any_namespace(pod).value_or(InjectionReason::unknown);
    return decision;
  }
  const auto hits = find_hits(mesh, *name_space, labels, decision);
  const bool conditional = std::ranges::any_of(
      hits, [](const Hit& hit) { return hangs_on_conditions(*hit.webhooks, hit.verdict); });
  if (conditional) {
    decision = {};
    decision.reason = refused_in_any_namespace(pod).value_or(InjectionReason::unknown);
    return decision;
  }
  if (!hits.empty()) {
    const Hit& first = hits.front();
    decision.reason = first.verdict.reason;
    decision.label = first.verdict.label;
    decision.revision = first.webhooks->revision;
    decision.tag = first.webhooks->tag;
    const auto verdict = inject_required(policy_of(mesh, decision.revision), pod, labels);
    decision.injected = verdict.injects;
    if (verdict.reason) decision.reason = *verdict.reason;
    if (decision.injected && decision.webhooks.size() > 1) {
      decision.reason = InjectionReason::double_injection;
    }
  }
  if (decision.injected) return decision;
  decision.revision.clear();
  decision.tag.clear();
  if (const auto refused = refused_in_any_namespace(pod); refused && !hits.empty()) {
    decision.reason = *refused;
  } else if (pod.host_network) {
    decision.reason = InjectionReason::host_network;
  }
  if (is_ambient(*name_space, pod)) decision.reason = InjectionReason::ambient;
  return decision;
}

}  // namespace

bool opts_out(Node labels, Node annotations) { return wish(labels, annotations) == "false"; }

InjectorVerdict inject_required(const InjectorPolicy& policy, const PodView& pod) {
  return inject_required(policy, pod, LabelSet(pod.labels));
}

InjectionDecision decide(const Mesh& mesh, const std::optional<LabelSet>& name_space,
                         const PodView& pod) {
  return decide(mesh, name_space, pod, LabelSet(pod.labels));
}

std::string_view to_string(Namespace::Injection injection) {
  switch (injection) {
    case Namespace::Injection::sidecar: return "sidecar";
    case Namespace::Injection::ambient: return "ambient";
    case Namespace::Injection::none: return "none";
    case Namespace::Injection::conflict: return "conflict";
  }
  return "";
}

void read_namespaces(Mesh& mesh) {
  for (const Resource* object : mesh.resources->of_kind("Namespace")) {
    if (!object->group().empty()) continue;
    Namespace read{.name = std::string(object->name()), .object = object, .decision = {}};
    const auto labels = LabelSet::of_namespace(object->labels(), read.name);
    const PodView pod{.labels = {}, .annotations = {}, .name_space = read.name};
    read.decision = decide(mesh, labels, pod);
    const bool both =
        labels.find("istio-injection") && !labels.find("istio.io/rev").value_or("").empty();
    if (both || read.decision.reason == InjectionReason::double_injection) {
      read.injection = Namespace::Injection::conflict;
    } else if (read.decision.injected) {
      read.injection = Namespace::Injection::sidecar;
    } else if (read.decision.reason == InjectionReason::ambient) {
      read.injection = Namespace::Injection::ambient;
    }
    mesh.namespaces.push_back(std::move(read));
  }
  std::ranges::stable_sort(mesh.namespaces, {}, &Namespace::name);
}

namespace {

bool are_alike(const InjectionDecision& one, const InjectionDecision& other) {
  return one.injected == other.injected && one.revision == other.revision &&
         one.webhooks == other.webhooks &&
         (one.reason == InjectionReason::ambient) == (other.reason == InjectionReason::ambient);
}

// Overlays and patches define a namespace again, and which of them is applied is not known: what
// they agree on is.
InjectionDecision decide(const Mesh& mesh, const PodView& pod, const LabelSet& labels) {
  // kubectl's, where neither the manifest nor its context names one.
  const std::string_view where = pod.name_space.empty() ? "default" : pod.name_space;
  std::optional<InjectionDecision> agreed;
  for (const Namespace& name_space : mesh.definitions_of_namespace(where)) {
    const auto its_labels = LabelSet::of_namespace(name_space.object->labels(), where);
    const InjectionDecision decision = decide(mesh, its_labels, pod, labels);
    if (!agreed) agreed = decision;
    if (are_alike(*agreed, decision)) continue;
    agreed = InjectionDecision();
    agreed->reason = InjectionReason::unknown;
    break;
  }
  if (agreed) return *agreed;
  std::optional<LabelSet> none;
  if (mesh.covers_all("Namespace")) none = LabelSet::of_namespace({}, pod.name_space);
  return decide(mesh, none, pod, labels);
}

// A pod that ran to its end runs nothing any more; it is kept for its log. A cluster is not asked
// for such pods, but `kubectl get pods` prints them.
bool has_ended(const Resource& object) {
  if (object.kind() != "Pod") return false;
  const std::string_view phase = object.root()["status"]["phase"].text();
  return phase == "Succeeded" || phase == "Failed";
}

}  // namespace

void read_workloads(Mesh& mesh) {
  const Sidecars sidecars(mesh);
  const PodCounts counts(mesh);
  // A vector that doubles would hold a cluster's pods twice over while it grows.
  mesh.workloads.reserve(static_cast<std::size_t>(std::ranges::count_if(
      mesh.resources->all(),
      [](const Resource* object) { return static_cast<bool>(object->pod_template()["spec"]); })));
  for (const Resource* object : mesh.resources->all()) {
    const Node pod = object->pod_template();
    if (!pod["spec"] || has_ended(*object)) continue;
    Workload read{.kind = std::string(object->kind()),
                  .name_space = std::string(object->name_space()),
                  .name = std::string(object->name()),
                  .object = object,
                  .decision = {},
                  .running_revision = {}};
    const Node annotations = pod["metadata"]["annotations"];
    const PodView view{.labels = pod["metadata"]["labels"],
                       .annotations = annotations,
                       .host_network = pod["spec"]["hostNetwork"].boolean().value_or(false),
                       .name_space = read.name_space};
    read.decision = decide(
        mesh, view, makes_jobs(read.kind) ? labels_of_job(view, read.name) : LabelSet(view.labels));
    // istiod's own name, never a tag (istio: pkg/kube/inject/webhook.go, SidecarInjectionStatus).
    read.running_revision = annotations["sidecar.istio.io/status"].embedded()["revision"].text();
    read.sidecar = sidecars.of(read);
    if (!read.sidecar && !read.decision.known()) read.likely_sidecar = sidecars.likely(read);
    read.pods = counts.of(*object);
    mesh.workloads.push_back(std::move(read));
  }
}

}  // namespace meshcheck
