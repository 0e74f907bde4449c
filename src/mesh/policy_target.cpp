#include "meshcheck/policy_target.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace meshcheck {
std::string_view to_string(DataPlane plane) {
  switch (plane) {
    case DataPlane::sidecar: return "sidecar";
    case DataPlane::ztunnel: return "ztunnel";
    case DataPlane::waypoint: return "waypoint";
    case DataPlane::gateway: return "gateway";
    case DataPlane::none: return "none";
    case DataPlane::unknown: return "unknown";
  }
  return "";
}

bool PolicyTarget::has_all(Node match_labels) const {
  return std::ranges::all_of(match_labels.entries(), [&](const Entry& label) {
    return labels.has(label.key.text(), label.value.text());
  });
}

std::string PolicyTarget::id() const {
  return name_space.empty() ? fmt::format("{}/{}", kind, name)
                            : fmt::format("{}/{}/{}", kind, name_space, name);
}

std::string name_some(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  if (names.size() <= kMost) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + (kMost - 1), ", "),
                     names.size() - (kMost - 1));
}

std::string name_some(const std::vector<const PolicyTarget*>& targets) {
  std::vector<std::string> names;
  std::ranges::transform(targets, std::back_inserter(names), &PolicyTarget::id);
  return name_some(names);
}

PolicyTargets::PolicyTargets() : none_(std::make_shared<Members>()) {}

void PolicyTargets::assign(std::vector<PolicyTarget> targets) {
  targets_ = std::move(targets);
  std::map<std::string_view, std::shared_ptr<Members>> lists;
  const auto list = [&](std::string_view name_space) -> Members& {
    auto& members = lists[name_space];
    if (!members) members = std::make_shared<Members>();
    return *members;
  };
  for (const PolicyTarget& target : targets_) {
    if (!target.gateway.empty()) {
      auto& members = by_gateway_[{target.name_space, target.gateway}];
      if (!members) members = std::make_shared<Members>();
      members->push_back(&target);
    }
    if (target.plane == DataPlane::waypoint) continue;
    list(target.name_space).push_back(&target);
    list("*").push_back(&target);
  }
  by_namespace_.insert(lists.begin(), lists.end());
}

void PolicyTargets::attach_service(const Resource& service) {
  const Node selector = service.spec()["selector"];
  if (selector.size() == 0) return;
  const TargetList selected = select(service.name_space(), selector);
  for (const PolicyTarget* target : *selected) {
    targets_[static_cast<std::size_t>(target - targets_.data())].services.push_back(&service);
  }
}

TargetList PolicyTargets::in_namespace(std::string_view name_space) const {
  const auto found = by_namespace_.find(name_space);
  return found == by_namespace_.end() ? none_ : found->second;
}

TargetList PolicyTargets::select(std::string_view name_space, Node match_labels) {
  TargetList scope = in_namespace(name_space);
  if (match_labels.size() == 0 || scope->empty()) return scope;
  const Entry first = *match_labels.entries().begin();
  const auto [index, is_new] = by_label_.try_emplace({name_space, first.key.text()});
  if (is_new) {
    for (const PolicyTarget* target : *scope) {
      const auto value = target->labels.find(first.key.text());
      if (value) index->second[*value].push_back(target);
    }
  }
  const auto candidates = index->second.find(first.value.text());
  if (candidates == index->second.end()) return none_;
  const auto selected = std::make_shared<Members>();
  std::ranges::copy_if(candidates->second, std::back_inserter(*selected),
                       [&](const PolicyTarget* t) { return t->has_all(match_labels); });
  return selected;
}

TargetList PolicyTargets::of_gateway(std::string_view name_space, std::string_view gateway) const {
  const auto found = by_gateway_.find({name_space, gateway});
  return found == by_gateway_.end() ? none_ : found->second;
}

}  // namespace meshcheck
