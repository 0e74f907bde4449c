// Severity, documentation and parameters: rules/mc105-istiod-heap-alert-missing.yaml
#include <algorithm>
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kInvented = "istiod_mem_heap_alloc_bytes";

bool is_memory(std::string_view metric) {
  constexpr std::array<std::string_view, 9> kMetrics = {
      "go_memstats_heap_inuse_bytes",    "go_memstats_heap_alloc_bytes",
      "go_memstats_alloc_bytes",         "go_memstats_sys_bytes",
      "process_resident_memory_bytes",   "container_memory_working_set_bytes",
      "container_memory_usage_bytes",    "container_memory_rss",
      "container_memory_max_usage_bytes"};
  return std::ranges::find(kMetrics, metric) != kMetrics.end() ||
         metric.find("container_memory_working_set_bytes") != std::string_view::npos;
}

bool is_limit(std::string_view metric) {
  return metric.find("resource_limits") != std::string_view::npos ||
         metric.find("spec_memory_limit_bytes") != std::string_view::npos ||
         metric == "go_gc_gomemlimit_bytes";
}

// What the label has for istiod's pods; empty where it may have anything.
std::string_view istiod_value(std::string_view label) {
  if (label == "container" || label == "container_name") return "discovery";
  if (label == "namespace" || label.ends_with("_namespace")) return "istio";
  if (label == "pod" || label == "pod_name" || label == "app" || label == "job" ||
      label == "deployment" || label == "service" || label == "workload") {
    return "istiod";
  }
  return {};
}

// An empty, a templated or an all-embracing pattern holds for istiod too.
bool may_be_istiod(const MetricSelector::Matcher& matcher) {
  const std::string_view wanted = istiod_value(matcher.label);
  if (wanted.empty()) return true;
  const std::string_view value = matcher.value;
  const bool names = value.find(wanted) != std::string_view::npos ||
                     (wanted == "istiod" && (value.find("pilot") != std::string_view::npos ||
                                             value.find("istio") != std::string_view::npos));
  if (matcher.op == "=") return names || value.find('$') != std::string_view::npos;
  if (matcher.op == "=~") {
    return names || value.starts_with(".*") || value.starts_with(".+") ||
           value.find('$') != std::string_view::npos;
  }
  return !names || value.empty();
}

// Container and pod are those of what is measured; other labels may be the scraper's.
bool is_of_container(const MetricSelector::Matcher& matcher) {
  return matcher.label.starts_with("container") || matcher.label.starts_with("pod");
}

// `container="discovery"`, `app="istiod"`, `pod=~"istiod-.*"`. A job or a service does not name it:
// what cAdvisor counts has those of the kubelet.
bool names_istiod(const MetricSelector::Matcher& matcher) {
  const std::string_view value = matcher.value;
  const std::string_view wanted = istiod_value(matcher.label);
  if (matcher.op.starts_with('!') || wanted.empty() || wanted == "istio") return false;
  if (matcher.label == "job" || matcher.label == "service") return false;
  return value.find(wanted) != std::string_view::npos ||
         (wanted == "istiod" && value.find("pilot") != std::string_view::npos);
}

bool may_select_istiod(const MetricSelector& selector) {
  const bool named = std::ranges::any_of(selector.matchers, names_istiod);
  const bool of_kubelet = selector.metric.find("container_memory") != std::string::npos;
  return std::ranges::all_of(selector.matchers, [&](const MetricSelector::Matcher& matcher) {
    const bool scraper = matcher.label == "job" || matcher.label == "service";
    if (of_kubelet && scraper) return true;
    if (named && !matcher.op.starts_with('!') && !is_of_container(matcher)) return true;
    return may_be_istiod(matcher);
  });
}

bool watches_memory(const AlertRule& rule) {
  const bool istiod = std::ranges::any_of(rule.selectors, [](const MetricSelector& selector) {
    return is_memory(selector.metric) && may_select_istiod(selector);
  });
  const bool limit = std::ranges::any_of(
      rule.selectors, [](const MetricSelector& selector) { return is_limit(selector.metric); });
  // A number of bytes stands for the limit.
  const bool bytes = std::ranges::any_of(
      rule.thresholds, [](const Threshold& threshold) { return threshold.value > 1e7; });
  return istiod && (limit || bytes) && !rule.thresholds.empty();
}

// It fires before the limit is reached (prometheus.io: docs/prometheus/latest/querying/functions;
// `holt_winters` is the older name of `double_exponential_smoothing`).
bool looks_ahead(const AlertRule& rule) {
  const std::string_view text = rule.expression.text();
  return std::ranges::any_of(
      std::array{"predict_linear", "holt_winters", "double_exponential_smoothing"},
      [&](const char* function) { return text.find(function) != std::string_view::npos; });
}

// The lowest share of the limit at which it fires; 0 for a number of bytes. "Less than a fifth is
// free" is four fifths used, and what is above 1 can only be per cent.
double share_of(const AlertRule& rule) {
  double least = 0;
  for (const Threshold& threshold : rule.thresholds) {
    if (threshold.value > 1e7) continue;
    double share = threshold.value > 1.5 ? threshold.value / 100 : threshold.value;
    if (threshold.op.starts_with('<')) share = 1 - share;
    if (share > 0 && (least == 0 || share < least)) least = share;
  }
  return least;
}

bool is_collected(const Mesh& mesh) {
  return !mesh.control_planes.empty() &&
         std::ranges::all_of(mesh.control_planes, [](const ControlPlane& plane) {
           return plane.version && plane.version->at_least(1, 29);
         });
}

void finish(Draft finding, const AlertRule& at, bool collected) {
  finding.object(at.object)
      .field("groups[memory]")
      .fix("Add this rule to a group.")
      .patch(fmt::format(R"(- alert: IstiodMemoryNearLimit
  expr: >-
    max by (namespace, pod) ({0}{{container="discovery"}})
    / max by (namespace, pod) (kube_pod_container_resource_limits{{container="discovery", resource="memory"}})
    > {1}
  for: 5m
)",
                         "container_memory_working_set_bytes", collected ? "0.9" : "0.8"));
}

}  // namespace

void mc105_istiod_heap_alert_missing(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  const std::vector<AlertRule> rules = read_alert_rules(mesh);
  const auto first = std::ranges::find_if(rules, is_about_istio);
  if (first == rules.end()) return;
  const auto most = static_cast<double>(parameters.integer("max-percent")) / 100;
  const AlertRule* late = nullptr;
  const AlertRule* invented = nullptr;
  for (const AlertRule& rule : rules) {
    if (rule.alert.empty()) continue;
    if (rule.reads(kInvented)) {
      invented = &rule;
    } else if (watches_memory(rule)) {
      if (looks_ahead(rule) || share_of(rule) <= most) {
        sink.judged();
        return;
      }
      late = &rule;
    }
  }
  const bool collected = is_collected(mesh);
  if (invented != nullptr) {
    finish(sink.report(invented->expression,
                       "alert {} never fires: istiod has no metric {}; its heap is "
                       "go_memstats_heap_inuse_bytes",
                       invented->alert, kInvented),
           *invented, collected);
  } else if (late != nullptr) {
    finish(sink.report(late->expression, "alert {} comes too late: at {:.0f} % of istiod's limit",
                       late->alert, share_of(*late) * 100),
           *late, collected);
  } else {
    finish(sink.report(first->anchor,
                       "Istio is watched, but no alert watches istiod's memory against its limit"),
           *first, collected);
  }
}

}  // namespace meshcheck::rules
