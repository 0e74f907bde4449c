#include <string_view>

#include "meshcheck/quantity.h"

namespace meshcheck {
namespace {

bool contains(Node values, std::string_view text) {
  for (const Node value : values.items()) {
    if (value.text() == text) return true;
  }
  return false;
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
  for (const auto [key, value] : wanted.entries()) {
    const Node label = labels[key.text()];
    if (!label || label.text() != value.text()) return false;
  }
  return true;
}

bool selects(Node selector, Node labels) {
  if (!selector.is_mapping()) return false;
  const Node wanted = selector["matchLabels"];
  if (wanted.is_mapping() && !matches_labels(wanted, labels)) return false;
  for (const Node expression : selector["matchExpressions"].items()) {
    if (!holds(expression, labels)) return false;
  }
  return true;
}

}  // namespace meshcheck
