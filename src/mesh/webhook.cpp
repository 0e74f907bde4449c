// What the API server makes of an injector's webhooks for one pod.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "meshcheck/injection.h"

namespace meshcheck {
namespace {

using Operator = LabelRequirement::Operator;

constexpr std::string_view kInject = "sidecar.istio.io/inject";
constexpr std::string_view kInjection = "istio-injection";
constexpr std::string_view kRevision = "istio.io/rev";

// The label of a matching selector that had to be there; the namespace's name is no one's choice.
std::string deciding_label(const LabelSelector& selector, const LabelSet& labels) {
  for (const LabelRequirement& requirement : selector) {
    const auto label = labels.find(requirement.key);
    if (label && requirement.key != "kubernetes.io/metadata.name" &&
        requirement.op != Operator::does_not_exist) {
      return fmt::format("{}={}", requirement.key, *label);
    }
  }
  return {};
}

WebhookVerdict match(const InjectorWebhook& webhook, const LabelSet& name_space,
                     const LabelSet& pod) {
  const std::string by_namespace = deciding_label(webhook.namespaces, name_space);
  const std::string by_pod = deciding_label(webhook.pods, pod);
  WebhookVerdict verdict{.matches = true, .label = {}, .hits = {}};
  if (!by_namespace.empty()) {
    verdict.reason =
        by_pod.empty() ? InjectionReason::namespace_label : InjectionReason::both_labels;
    verdict.label = by_namespace;
  } else if (!by_pod.empty()) {
    verdict.reason = InjectionReason::pod_label;
    verdict.label = by_pod;
  } else {
    verdict.reason = InjectionReason::namespaces_by_default;
  }
  return verdict;
}

// The label by which the pod keeps a webhook away that its namespace would call.
std::optional<WebhookVerdict> kept_away_by_pod(const InjectorWebhook& webhook,
                                               const LabelSet& pod) {
  for (const LabelRequirement& requirement : webhook.pods) {
    const auto label = pod.find(requirement.key);
    const bool forbidden = label && (requirement.op == Operator::does_not_exist ||
                                     (requirement.op == Operator::not_in &&
                                      std::ranges::count(requirement.values, *label) != 0));
    if (!forbidden) continue;
    return WebhookVerdict{.matches = false,
                          .reason = requirement.key == kInject ? InjectionReason::pod_opt_out
                                                               : InjectionReason::other_revision,
                          .label = fmt::format("{}={}", requirement.key, *label),
                          .hits = {}};
  }
  return std::nullopt;
}

// Why one webhook does not match, where a label of the pod or the namespace says so
// (istio: istioctl/pkg/checkinject/checkinject.go, analyzeWebhooksMatchStatus).
std::optional<WebhookVerdict> refusal(const InjectorWebhook& webhook, const LabelSet& name_space,
                                      const LabelSet& pod) {
  const bool namespace_matches = selects(webhook.namespaces, name_space);
  if (namespace_matches) return kept_away_by_pod(webhook, pod);
  if (!selects(webhook.pods, pod)) return std::nullopt;
  const auto injection = name_space.find(kInjection);
  if (!injection || *injection == "enabled") return std::nullopt;
  return WebhookVerdict{.matches = false,
                        .reason = InjectionReason::namespace_opt_out,
                        .label = fmt::format("{}={}", kInjection, *injection),
                        .hits = {}};
}

bool never_matches(const LabelSelector& selector) {
  return std::ranges::any_of(selector, [](const LabelRequirement& requirement) {
    return requirement.key == "istio.io/deactivated";
  });
}

}  // namespace

std::string_view to_string(InjectionReason reason) {
  switch (reason) {
    case InjectionReason::namespace_label: return "namespace-label";
    case InjectionReason::pod_label: return "pod-label";
    case InjectionReason::both_labels: return "both-labels";
    case InjectionReason::namespaces_by_default: return "namespaces-by-default";
    case InjectionReason::always_inject_selector: return "always-inject-selector";
    case InjectionReason::ambient: return "ambient";
    case InjectionReason::pod_opt_out: return "pod-opt-out";
    case InjectionReason::namespace_opt_out: return "namespace-opt-out";
    case InjectionReason::other_revision: return "other-revision";
    case InjectionReason::no_match: return "no-match";
    case InjectionReason::deactivated: return "deactivated";
    case InjectionReason::host_network: return "host-network";
    case InjectionReason::ignored_namespace: return "ignored-namespace";
    case InjectionReason::never_inject_selector: return "never-inject-selector";
    case InjectionReason::policy_disabled: return "policy-disabled";
    case InjectionReason::double_injection: return "double-injection";
    case InjectionReason::unknown: return "unknown";
  }
  return "";
}

bool InjectorWebhooks::deactivated() const {
  return !webhooks.empty() && std::ranges::all_of(webhooks, [](const InjectorWebhook& webhook) {
    return never_matches(webhook.namespaces) || never_matches(webhook.pods);
  });
}

WebhookVerdict judge(const InjectorWebhooks& webhooks, const LabelSet& name_space,
                     const LabelSet& pod) {
  WebhookVerdict verdict;
  if (webhooks.deactivated()) {
    verdict.reason = InjectionReason::deactivated;
    return verdict;
  }
  for (const InjectorWebhook& webhook : webhooks.webhooks) {
    if (!selects(webhook.namespaces, name_space) || !selects(webhook.pods, pod)) continue;
    auto hits = std::move(verdict.hits);
    if (!verdict.matches) verdict = match(webhook, name_space, pod);
    hits.push_back(&webhook);
    verdict.hits = std::move(hits);
  }
  for (const InjectorWebhook& webhook : webhooks.webhooks) {
    if (verdict.matches || verdict.reason != InjectionReason::no_match) break;
    if (const auto refused = refusal(webhook, name_space, pod)) verdict = *refused;
  }
  return verdict;
}

namespace {

// Every revision and tag that some webhook asks for.
std::vector<std::string_view> revisions_asked_for(std::span<const InjectorWebhooks> all) {
  std::vector<std::string_view> values;
  for (const InjectorWebhooks& one : all) {
    for (const InjectorWebhook& webhook : one.webhooks) {
      for (const LabelSelector* selector : {&webhook.namespaces, &webhook.pods}) {
        for (const LabelRequirement& requirement : *selector) {
          if (requirement.key != kRevision) continue;
          values.insert(values.end(), requirement.values.begin(), requirement.values.end());
        }
      }
    }
  }
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
  return values;
}

struct Choice {
  LabelSet labels;
  std::string text;
};

// Every way to set, or not to set, two labels.
std::vector<Choice> choices(std::string_view first, std::span<const std::string_view> first_values,
                            std::span<const std::string_view> revisions) {
  std::vector<Choice> all;
  const auto add = [&](std::string_view value, std::string_view revision) {
    Choice choice;
    if (!value.empty()) {
      choice.labels.set(first, value);
      choice.text = fmt::format("{}={}", first, value);
    }
    if (!revision.empty()) {
      choice.labels.set(kRevision, revision);
      choice.text += fmt::format("{}{}={}", choice.text.empty() ? "" : ", ", kRevision, revision);
    }
    all.push_back(std::move(choice));
  };
  add({}, {});
  for (const std::string_view value : first_values) add(value, {});
  for (const std::string_view revision : revisions) {
    add({}, revision);
    for (const std::string_view value : first_values) add(value, revision);
  }
  return all;
}

std::string example_of(const Choice& name_space, const Choice& pod) {
  std::string text = name_space.text.empty() ? "a namespace without labels"
                                             : "a namespace with " + name_space.text;
  return (pod.text.empty() ? "any pod of " : "a pod with " + pod.text + " in ") + text;
}

}  // namespace

// istio: pkg/config/analysis/analyzers/webhook/webhook.go tries the same combinations.
std::vector<WebhookOverlap> find_overlaps(std::span<const InjectorWebhooks> all) {
  constexpr std::array<std::string_view, 2> kInjectionValues = {"enabled", "disabled"};
  constexpr std::array<std::string_view, 2> kInjectValues = {"true", "false"};
  const auto revisions = revisions_asked_for(all);
  const auto namespaces = choices(kInjection, kInjectionValues, revisions);
  const auto pods = choices(kInject, kInjectValues, revisions);
  std::vector<WebhookOverlap> found;
  const auto is_found = [&](const InjectorWebhooks& a, const InjectorWebhooks& b) {
    return std::ranges::any_of(found, [&](const WebhookOverlap& overlap) {
      return overlap.first == &a && overlap.second == &b;
    });
  };
  for (const Choice& name_space : namespaces) {
    for (const Choice& pod : pods) {
      std::vector<const InjectorWebhooks*> hits;
      for (const InjectorWebhooks& one : all) {
        const auto verdict = judge(one, name_space.labels, pod.labels);
        hits.insert(hits.end(), verdict.hits.size(), &one);
      }
      if (hits.size() < 2 || is_found(*hits[0], *hits[1])) continue;
      found.push_back({hits[0], hits[1], example_of(name_space, pod)});
    }
  }
  return found;
}

}  // namespace meshcheck
