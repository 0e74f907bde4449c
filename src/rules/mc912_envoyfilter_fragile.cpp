// Severity, documentation and parameters: rules/mc912-envoyfilter-fragile.yaml
#include <algorithm>
#include <array>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Written by Istio's own charts, for each version anew (istio: manifests/charts/istio-control/
// istio-discovery/templates/telemetryv2_*.yaml, up to 1.20).
bool is_charts_own(const Resource& filter) {
  constexpr std::array<std::string_view, 6> kNames = {
      "stats-filter-",          "tcp-stats-filter-",   "metadata-exchange-",
      "tcp-metadata-exchange-", "stackdriver-filter-", "tcp-stackdriver-filter-"};
  return !filter.label("operator.istio.io/component").empty() ||
         std::ranges::any_of(
             kNames, [&](std::string_view name) { return filter.name().starts_with(name); });
}

bool is_relative(std::string_view operation) {
  return operation == "INSERT_BEFORE" || operation == "INSERT_AFTER";
}

// What makes the patch fragile; empty if nothing does.
std::string fragility(const Resource& filter, Node patch) {
  if (!patch["match"]["proxy"]["proxyVersion"].text().empty()) return {};
  const std::string_view operation = patch["patch"]["operation"].text();
  const bool unordered = is_relative(operation) && filter.spec()["priority"].is_null();
  return unordered ? fmt::format("matches no proxyVersion, and its {} has no priority", operation)
                   : "matches no proxyVersion";
}

void judge(const Resource& filter, Sink& sink) {
  sink.judged();
  std::size_t fragile = 0;
  Node first;
  std::string what;
  for (const Node patch : filter.spec()["configPatches"].items()) {
    const std::string why = fragility(filter, patch);
    if (why.empty()) continue;
    if (fragile++ == 0) {
      first = patch;
      what = why;
    }
  }
  if (fragile == 0) return;
  Draft finding = fragile == 1
                      ? sink.report(first, "a patch of EnvoyFilter {} {}", filter.name(), what)
                      : sink.report(first, "{} patches of EnvoyFilter {} match no proxyVersion",
                                    fragile, filter.name());
  finding.object(filter.ref())
      .field("spec.configPatches")
      .fix(
          "Add `match: {proxy: {proxyVersion: ^1\\.30.*}}` with the version it was written for, "
          "and try it on the next before the mesh moves.");
}

}  // namespace

void mc912_envoyfilter_fragile(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Resource* filter : mesh.resources->of_kind("EnvoyFilter")) {
    if (filter->group() != "networking.istio.io" || is_charts_own(*filter)) continue;
    // A base and its overlays describe one object.
    if (seen.emplace(filter->name_space(), filter->name()).second) judge(*filter, sink);
  }
  if (seen.empty()) sink.not_evaluated("no EnvoyFilter is in the input", {"EnvoyFilter"});
}

}  // namespace meshcheck::rules
