#include "engine/unjudged_reasons.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace meshcheck {
namespace {

// Each of a rule's needs is a noun ("istiod", "Job or CronJob") or a flag with its value.
std::string missing(std::span<const std::string_view> needs) {
  if (needs.empty()) return "nothing in the input that this rule looks at";
  if (needs.size() > 1) {
    return fmt::format("not all of these are in the input: {}", fmt::join(needs, "; "));
  }
  return fmt::format("no {} {}", needs.front(),
                     needs.front().starts_with("--") ? "was given" : "is in the input");
}

// What rules say of the input, said of the cluster that was read. What flags give of files its
// istiods were asked for.
std::string in_words_of(const Mesh& mesh, std::string reason) {
  constexpr std::string_view kInput = " in the input";
  if (mesh.observed == nullptr || !mesh.observed->of_cluster()) return reason;
  // ConfigMaps are asked for by name.
  const bool whole = std::ranges::all_of(mesh.observed->listed, [](const ListedKind& list) {
    return list.everywhere || list.kind == "ConfigMap";
  });
  const std::string_view cluster = whole ? " in the cluster" : " in what was read of the cluster";
  const bool of_istiods =
      std::ranges::any_of(std::array{"no --proxy-status", "no --metrics", "no --versions"},
                          [&](const char* flag) { return reason.starts_with(flag); });
  if (of_istiods && mesh.control_planes.empty()) return fmt::format("no istiod runs{}", cluster);
  for (std::size_t at = reason.find(kInput); at != std::string::npos; at = reason.find(kInput)) {
    reason.replace(at, kInput.size(), cluster);
  }
  return reason;
}

// What one folder lacks and another has is not said of the whole input.
void limit_to_folders(std::string& reason, std::size_t lacking, std::size_t meshes) {
  constexpr std::string_view kAbsent = " is in the input";
  if (lacking >= meshes || !reason.starts_with("no ") || !reason.ends_with(kAbsent)) return;
  reason.resize(reason.size() - kAbsent.size());
  reason += fmt::format(" is in {} of {} folders", lacking, meshes);
}

}  // namespace

void UnjudgedReasons::add(const Mesh& mesh, Sink::Skipped skipped) {
  skipped.reason = in_words_of(mesh, std::move(skipped.reason));
  const auto known = std::ranges::find(all_, skipped.reason, &Sink::Skipped::reason);
  const auto at = static_cast<std::size_t>(known - all_.begin());
  if (known == all_.end()) {
    all_.push_back(std::move(skipped));
    meshes_.push_back(0);
  }
  ++meshes_[at];
}

std::vector<Sink::Skipped> UnjudgedReasons::of(const RuleInfo& rule, bool judged,
                                               std::span<const Mesh> meshes) {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    limit_to_folders(all_[i].reason, meshes_[i], meshes.size());
  }
  if (!judged && all_.empty()) {
    std::string reason = missing(rule.needs);
    if (!meshes.empty()) reason = in_words_of(meshes.front(), std::move(reason));
    all_.push_back({std::move(reason), {}});
  }
  for (Sink::Skipped& skipped : all_) {
    if (skipped.needs.empty()) skipped.needs.assign(rule.needs.begin(), rule.needs.end());
  }
  return std::move(all_);
}

}  // namespace meshcheck
