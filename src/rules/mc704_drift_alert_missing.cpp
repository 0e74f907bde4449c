// Severity, documentation and parameters: rules/mc704-drift-alert-missing.yaml
#include <algorithm>
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Convergence, refusals and what istiod could not deliver (istio: pilot/pkg/xds/monitoring.go).
bool tells_drift(std::string_view metric) {
  constexpr std::array<std::string_view, 5> kMetrics = {
      "pilot_total_xds_rejects", "pilot_xds_write_timeout", "pilot_xds_expired_nonce",
      "pilot_total_xds_internal_errors", "pilot_proxy_queue_time"};
  for (const char* suffix : {"_bucket", "_sum", "_count", "_total"}) {
    if (metric.ends_with(suffix)) metric.remove_suffix(std::string_view(suffix).size());
  }
  return metric == "pilot_proxy_convergence_time" ||
         (metric.starts_with("pilot_xds_") && metric.ends_with("_reject")) ||
         std::ranges::find(kMetrics, metric) != kMetrics.end();
}

// Pushes that failed are a value of a label.
bool counts_failed_pushes(const MetricSelector& selector) {
  return selector.metric.starts_with("pilot_xds_pushes") &&
         std::ranges::any_of(selector.matchers, [](const MetricSelector::Matcher& matcher) {
           return matcher.label == "type" && matcher.value.find("err") != std::string::npos;
         });
}

// Names that no istiod exposes.
bool is_invented(std::string_view metric) {
  return metric == "pilot_proxy_status" || metric.starts_with("pilot_xds_delayed_push");
}

}  // namespace

void mc704_drift_alert_missing(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const std::vector<AlertRule> rules = read_alert_rules(mesh);
  const auto first = std::ranges::find_if(rules, is_about_istio);
  if (first == rules.end()) return;
  const AlertRule* invented = nullptr;
  for (const AlertRule& rule : rules) {
    if (rule.alert.empty()) continue;
    for (const MetricSelector& selector : rule.selectors) {
      if (tells_drift(selector.metric) || counts_failed_pushes(selector)) {
        sink.judged();
        return;
      }
      if (invented == nullptr && is_invented(selector.metric)) invented = &rule;
    }
  }
  const AlertRule& at = invented != nullptr ? *invented : *first;
  Draft finding =
      invented != nullptr
          ? sink.report(at.expression,
                        "alert {} reads a metric that istiod does not have, and no "
                        "other watches convergence or refusals",
                        at.alert)
          : sink.report(at.anchor,
                        "Istio is watched, but no alert tells that configuration is slow "
                        "to reach proxies or refused by them");
  finding.object(at.object)
      .field("groups")
      .fix("Add these rules to a group.")
      .patch(R"(- alert: IstioProxyConvergenceSlow
  expr: >-
    histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[5m]))) > 10
  for: 5m
- alert: IstioProxyRejectsConfiguration
  expr: sum by (type) (increase(pilot_total_xds_rejects[5m])) > 0
  for: 5m
)");
}

}  // namespace meshcheck::rules
