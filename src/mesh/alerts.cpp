#include "meshcheck/alerts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <utility>

#include "mesh/promql.h"
#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

// Metrics that only Istio has begin so (istio: pilot/pkg/xds/monitoring.go, security/pkg/server/ca/
// monitoring.go, pkg/kube/inject/monitoring.go).
bool is_istio_metric(std::string_view metric) {
  constexpr std::array<std::string_view, 7> kPrefixes = {
      "istio_", "pilot_", "citadel_", "galley_", "sidecar_injection_", "istiod_", "istiod:"};
  return std::ranges::any_of(kPrefixes,
                             [&](std::string_view prefix) { return metric.starts_with(prefix); });
}

bool names_istiod(const MetricSelector& selector) {
  return std::ranges::any_of(selector.matchers, [](const MetricSelector::Matcher& matcher) {
    return !matcher.op.starts_with('!') &&
           (matcher.value.find("istiod") != std::string::npos || matcher.value == "discovery");
  });
}

// Loki's ruler reads files of the same layout; PromQL has no `|`.
bool is_log_query(std::string_view expression) {
  return std::ranges::any_of(
      std::array{"|=", "|~", "| json", "| logfmt", "| pattern"},
      [&](const char* filter) { return expression.find(filter) != std::string_view::npos; });
}

void read_groups(Node groups, const ObjectRef& object, std::vector<AlertRule>& rules) {
  for (const Node group : groups.items()) {
    for (const Node node : group["rules"].items()) {
      AlertRule rule;
      rule.alert = node["alert"].text();
      rule.record = node["record"].text();
      rule.expression = node["expr"];
      rule.anchor = node["alert"] ? node["alert"] : node["record"];
      if (!rule.anchor) rule.anchor = node;
      rule.object = object;
      const bool reads = rule.expression.is_scalar() && !is_log_query(rule.expression.text());
      if (reads) rules.push_back(std::move(rule));
    }
  }
}

// What rules take from the recording rules that they read, all together and in bytes: a rule that
// names itself a thousand times would take gigabytes. Beyond, a name is only a name.
constexpr std::size_t kMostTaken = std::size_t{64} << 20U;

std::size_t bytes_of(const Expression& expression) {
  std::size_t bytes = 0;
  for (const MetricSelector& selector : expression.selectors) {
    bytes += sizeof(selector) + selector.metric.size();
    for (const MetricSelector::Matcher& matcher : selector.matchers) {
      bytes += sizeof(matcher) + matcher.label.size() + matcher.value.size();
    }
  }
  return bytes;
}

}  // namespace

bool AlertRule::reads(std::string_view metric) const {
  return std::ranges::find(selectors, metric, &MetricSelector::metric) != selectors.end();
}

std::vector<AlertRule> read_alert_rules(const Mesh& mesh) {
  std::vector<AlertRule> rules;
  // Of the Prometheus operator, VictoriaMetrics' and Google's.
  for (const char* kind : {"PrometheusRule", "VMRule", "Rules", "ClusterRules", "GlobalRules"}) {
    for (const Resource* object : mesh.resources->of_kind(kind)) {
      read_groups(object->spec()["groups"], object->ref(), rules);
    }
  }
  for (const Node root : mesh.rule_files) {
    ObjectRef file;
    file.kind = "Rules";
    file.name = root["groups"].at(0)["name"].text();
    read_groups(root["groups"], file, rules);
  }
  // As Prometheus' own chart mounts them.
  for (const Resource* map : mesh.resources->of_kind("ConfigMap")) {
    for (const Entry entry : map->root()["data"].entries()) {
      const Node inner = entry.value.embedded();
      if (inner && is_rule_file(inner)) read_groups(inner["groups"], map->ref(), rules);
    }
  }
  // Twice, for recording rules that read others.
  std::map<std::string, Expression, std::less<>> records;
  std::size_t taken = 0;
  const Recorded recorded = [&](std::string_view name) -> const Expression* {
    const auto found = records.find(name);
    if (found == records.end() || taken > kMostTaken) return nullptr;
    taken += bytes_of(found->second);
    return &found->second;
  };
  for (int pass = 0; pass < 2; ++pass) {
    std::map<std::string, Expression, std::less<>> read;
    for (const AlertRule& rule : rules) {
      if (!rule.record.empty())
        read[rule.record] = read_expression(rule.expression.text(), recorded);
    }
    records = std::move(read);
  }
  for (AlertRule& rule : rules) {
    Expression expression = read_expression(rule.expression.text(), recorded);
    rule.selectors = std::move(expression.selectors);
    rule.thresholds = std::move(expression.thresholds);
  }
  return rules;
}

bool is_about_istio(const AlertRule& rule) {
  return std::ranges::any_of(rule.selectors, [](const MetricSelector& selector) {
    return is_istio_metric(selector.metric) || names_istiod(selector);
  });
}

bool is_rule_file(Node root) {
  if (root["kind"] || root["apiVersion"]) return false;
  const Node groups = root["groups"];
  return groups.is_sequence() && std::ranges::any_of(groups.items(), [](Node group) {
           return group["rules"].is_sequence();
         });
}

}  // namespace meshcheck
