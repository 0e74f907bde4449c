#include <algorithm>
#include <string_view>

#include "meshcheck/quantity.h"

namespace meshcheck {
namespace {

bool contains(Node values, std::string_view text) {
  return std::ranges::any_of(values.items(), [&](Node value) { return value.text() == text; });
}

// k8s: apimachinery/pkg/labels/selector.go, Requirement.Matches. An operator that does not exist
// is refused by the API server; such a selector selects nothing.
bool holds(Node expression, Node labels) {
  const std::string_view op = expression["operator"].text();
  const Node label = labels[expression["key"].text()];
  if (op == "In") return label && contains(expression["values"], label.text());
  if (op == "NotIn") return !label || !contains(expression["values"], label.text());
  if (op == "Exists") return static_cast<bool>(label);
  if (op == "DoesNotExist") return !label;
  return false;
}

}  // namespace

bool matches_labels(Node wanted, Node labels) {
  if (!wanted.is_mapping()) return false;
  return std::ranges::all_of(wanted.entries(), [&](const Entry& entry) {
    const Node label = labels[entry.key.text()];
    return label && label.text() == entry.value.text();
  });
}

bool selects(Node selector, Node labels) {
  if (!selector.is_mapping()) return false;
  const Node wanted = selector["matchLabels"];
  if (wanted.is_mapping() && !matches_labels(wanted, labels)) return false;
  return std::ranges::all_of(selector["matchExpressions"].items(),
                             [&](Node expression) { return holds(expression, labels); });
}

}  // namespace meshcheck
