// Which revision injects a pod, and why: the injectors' webhooks as the API server evaluates them,
// and what the injector itself decides.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/resource.h"
#include "meshcheck/sidecar.h"

namespace meshcheck {

// The labels of one object, as views of the document that holds them.
class LabelSet {
 public:
  LabelSet() = default;
  explicit LabelSet(Node labels);
  // The API server gives every Namespace its name as the label kubernetes.io/metadata.name.
  static LabelSet of_namespace(Node labels, std::string_view name);

  std::optional<std::string_view> find(std::string_view key) const;
  bool has(std::string_view key, std::string_view value) const { return find(key) == value; }
  void set(std::string_view key, std::string_view value);

 private:
  std::vector<std::pair<std::string_view, std::string_view>> labels_;
};

// One condition of a label selector.
struct LabelRequirement {
  enum class Operator : std::uint8_t { in, not_in, exists, does_not_exist, invalid };
  std::string key;
  Operator op = Operator::exists;
  std::vector<std::string> values;
};

// All of them must hold, so an empty one selects everything.
using LabelSelector = std::vector<LabelRequirement>;

bool selects(const LabelSelector& selector, const LabelSet& labels);

struct InjectorWebhook {
  std::string name;  // "rev.namespace.sidecar-injector.istio.io"
  LabelSelector namespaces;
  LabelSelector pods;
};

// The MutatingWebhookConfiguration of a revision or a tag.
struct InjectorWebhooks {
  std::string name;
  std::string revision;  // "default" for the unrevisioned one
  std::string tag;       // or empty
  std::string service;   // that answers; empty where it is a URL
  std::string service_namespace;
  bool fails_closed = true;  // failurePolicy Fail: no pod is made while nobody answers
  std::vector<InjectorWebhook> webhooks;
  const Resource* object = nullptr;  // null: not in the input, but the chart makes it
  // Nothing in the input says what injects; made up for what labels ask for.
  bool assumed = false;
  Node anchor;

  // Rewritten to match nothing, as `istioctl tag set default` does to the base injector
  // (istio: istioctl/pkg/util/common.go, NeverMatch).
  bool deactivated() const;
};

enum class InjectionReason : std::uint8_t {
  namespace_label,
  pod_label,
  both_labels,
  namespaces_by_default,  // enableNamespacesByDefault: no label is needed
  always_inject_selector,
  ambient,  // ztunnel takes its traffic, there is no sidecar
  pod_opt_out,
  namespace_opt_out,
  other_revision,  // the pod asks for another one
  no_match,
  deactivated,
  host_network,
  ignored_namespace,  // kube-system and the like
  never_inject_selector,
  policy_disabled,
  double_injection,  // more than one webhook matches
  unknown,           // the Namespace's labels are not in the input
};
std::string_view to_string(InjectionReason reason);  // "namespace-label"

// What one configuration's webhooks make of a pod.
struct WebhookVerdict {
  bool matches = false;
  InjectionReason reason = InjectionReason::no_match;
  std::string label;  // that decided, "istio-injection=enabled"; or empty
  std::vector<const InjectorWebhook*> hits;
};
WebhookVerdict judge(const InjectorWebhooks& webhooks, const LabelSet& name_space,
                     const LabelSet& pod);

// A pod as its injector sees it.
struct PodView {
  Node labels;
  Node annotations;
  bool host_network = false;
  std::string_view name_space;
};

// What an injector's configuration says beside its template.
struct InjectorPolicy {
  std::string policy = "enabled";
  std::vector<LabelSelector> always_inject;
  std::vector<LabelSelector> never_inject;
  bool namespaces_by_default = false;
};

// Once a webhook has called the injector; nullopt: it injects for the reason the webhook gave.
struct InjectorVerdict {
  bool injects = true;
  std::optional<InjectionReason> reason;
};
InjectorVerdict inject_required(const InjectorPolicy& policy, const PodView& pod);
// sidecar.istio.io/inject as label, else as annotation, says "false".
bool opts_out(Node labels, Node annotations);

struct InjectionDecision {
  bool injected = false;
  InjectionReason reason = InjectionReason::no_match;
  std::string revision;  // that injects it; else empty
  std::string tag;       // through which it does; else empty
  std::string label;     // that decided; else empty
  // Names of the configurations that match; several are a double injection.
  std::vector<std::string> webhooks;

  bool known() const { return reason != InjectionReason::unknown; }
};

struct Namespace {
  enum class Injection : std::uint8_t { sidecar, ambient, none, conflict };
  std::string name;
  const Resource* object = nullptr;
  Injection injection = Injection::none;
  InjectionDecision decision;  // for a pod without labels of its own
};
std::string_view to_string(Namespace::Injection injection);

struct Workload {
  std::string kind;
  std::string name_space;
  std::string name;
  const Resource* object = nullptr;
  InjectionDecision decision;
  std::string running_revision;  // of a running Pod: the istiod that injected it; else empty
  // The proxy in its pods; none where none is injected, or where injection itself is not known.
  std::optional<Sidecar> sidecar = {};
  // The same where the input does not tell whether the pods are injected: what they get if they
  // are.
  std::optional<Sidecar> likely_sidecar = {};
  PodCount pods = {};

  // The sidecar that the pod template itself has a say in: who sizes it wants it injected.
  const Sidecar* sized_sidecar() const;
  Node pod_labels() const { return object->pod_template()["metadata"]["labels"]; }
  // Something else has made it and keeps it: what is wrong with it is wrong there.
  bool owned() const { return object->metadata()["ownerReferences"].size() != 0; }
};

// Two configurations that call their injectors for one and the same pod.
struct WebhookOverlap {
  const InjectorWebhooks* first = nullptr;
  const InjectorWebhooks* second = nullptr;
  std::string example;  // "a namespace with istio-injection=enabled"
};
std::vector<WebhookOverlap> find_overlaps(std::span<const InjectorWebhooks> all);

}  // namespace meshcheck
