// The rules that Prometheus evaluates, from PrometheusRule objects and rule files, with what their
// expressions look at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/location.h"

namespace meshcheck {

struct Mesh;

// A selector in an expression: `up{job="istiod"}`.
struct MetricSelector {
  struct Matcher {
    std::string label;
    std::string op;  // "=", "!=", "=~", "!~"
    std::string value;
  };
  std::string metric;
  std::vector<Matcher> matchers;
};

// A comparison with a number, as a fraction where the expression multiplies by 100.
struct Threshold {
  std::string op;  // ">", ">=", "<", "<="
  double value = 0;
};

struct AlertRule {
  std::string alert;   // or empty, for a recording rule
  std::string record;  // or empty
  Node expression;
  Node anchor;       // its name
  ObjectRef object;  // of the PrometheusRule; kind "Rules" for a file
  // Of the expression, and of the recording rules that it reads.
  std::vector<MetricSelector> selectors;
  std::vector<Threshold> thresholds;

  bool reads(std::string_view metric) const;
};

std::vector<AlertRule> read_alert_rules(const Mesh& mesh);

// True where it is about Istio: a metric of Istio's own, or one of istiod's process or pod.
bool is_about_istio(const AlertRule& rule);

// A document without `kind` that Prometheus reads as rules: `groups` of `rules`.
bool is_rule_file(Node root);

}  // namespace meshcheck
