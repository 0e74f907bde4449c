// Reads a PromQL expression for what it looks at and what it compares that with; loosely, since
// whether it is right is Prometheus' to say.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/alerts.h"

namespace meshcheck {

struct Expression {
  std::vector<MetricSelector> selectors;
  std::vector<Threshold> thresholds;
  // What the series are multiplied with: 100 of `a / b * 100`.
  double scale = 1;
};

// The expression behind the name of a recording rule, or null.
using Recorded = std::function<const Expression*(std::string_view name)>;

Expression read_expression(std::string_view text, const Recorded& recorded);

}  // namespace meshcheck
