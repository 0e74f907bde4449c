// Label selectors as values, so that webhooks which the input does not hold can have them too.
#include "mesh/label_selector.h"

#include <algorithm>

namespace meshcheck {
namespace {

using Operator = LabelRequirement::Operator;

Operator operator_of(std::string_view text) {
  if (text == "In") return Operator::in;
  if (text == "NotIn") return Operator::not_in;
  if (text == "Exists") return Operator::exists;
  if (text == "DoesNotExist") return Operator::does_not_exist;
  return Operator::invalid;
}

// k8s: apimachinery/pkg/labels/selector.go, Requirement.Matches
bool holds(const LabelRequirement& requirement, const LabelSet& labels) {
  const auto label = labels.find(requirement.key);
  const auto is_listed = [&] { return std::ranges::count(requirement.values, *label) != 0; };
  switch (requirement.op) {
    case Operator::in: return label && is_listed();
    case Operator::not_in: return !label || !is_listed();
    case Operator::exists: return label.has_value();
    case Operator::does_not_exist: return !label;
    case Operator::invalid: return false;
  }
  return false;
}

}  // namespace

LabelSet::LabelSet(Node labels) {
  for (const auto [key, value] : labels.entries()) set(key.text(), value.text());
}

LabelSet LabelSet::of_namespace(Node labels, std::string_view name) {
  LabelSet set(labels);
  set.set("kubernetes.io/metadata.name", name);
  return set;
}

std::optional<std::string_view> LabelSet::find(std::string_view key) const {
  for (const auto& [known, value] : labels_) {
    if (known == key) return value;
  }
  return std::nullopt;
}

void LabelSet::set(std::string_view key, std::string_view value) {
  for (auto& [known, current] : labels_) {
    if (known != key) continue;
    current = value;
    return;
  }
  labels_.emplace_back(key, value);
}

bool selects(const LabelSelector& selector, const LabelSet& labels) {
  return std::ranges::all_of(selector,
                             [&](const LabelRequirement& one) { return holds(one, labels); });
}

LabelSelector read_selector(Node selector) {
  LabelSelector read;
  for (const auto [key, value] : selector["matchLabels"].entries()) {
    read.push_back({std::string(key.text()), Operator::in, {std::string(value.text())}});
  }
  for (const Node expression : selector["matchExpressions"].items()) {
    LabelRequirement requirement{
        std::string(expression["key"].text()), operator_of(expression["operator"].text()), {}};
    for (const Node value : expression["values"].items()) {
      requirement.values.emplace_back(value.text());
    }
    read.push_back(std::move(requirement));
  }
  return read;
}

LabelSelector read_selector(const HelmValue& selector) {
  LabelSelector read;
  for (const HelmMember& label : selector["matchLabels"].members) {
    read.push_back({label.key, Operator::in, {label.value.text}});
  }
  for (const HelmValue& expression : selector["matchExpressions"].items) {
    LabelRequirement requirement{
        expression["key"].text, operator_of(expression["operator"].text), {}};
    for (const HelmValue& value : expression["values"].items) {
      requirement.values.push_back(value.text);
    }
    read.push_back(std::move(requirement));
  }
  return read;
}

}  // namespace meshcheck
