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

bool is_versioned(Node patch) { return !patch["match"]["proxy"]["proxyVersion"].text().empty(); }

// Its place among other filters hangs on the order in which EnvoyFilters were made.
bool is_unordered(const Resource& filter, Node patch) {
  return is_relative(patch["patch"]["operation"].text()) && filter.spec()["priority"].is_null();
}

Draft message(const Resource& filter, Node worst, std::size_t fragile, Sink& sink) {
  if (is_unordered(filter, worst)) {
    return sink.report(worst,
                       "a patch of EnvoyFilter {} matches no proxyVersion, and its {} has no "
                       "priority",
                       filter.name(), worst["patch"]["operation"].text());
  }
  if (fragile == 1) {
    return sink.report_as("unversioned", worst, "a patch of EnvoyFilter {} matches no proxyVersion",
                          filter.name());
  }
  return sink.report_as("unversioned", worst, "{} patches of EnvoyFilter {} match no proxyVersion",
                        fragile, filter.name());
}

void judge(const Resource& filter, Sink& sink) {
  sink.judged();
  std::size_t fragile = 0;
  Node worst;
  for (const Node patch : filter.spec()["configPatches"].items()) {
    if (is_versioned(patch)) continue;
    ++fragile;
    if (!worst || (is_unordered(filter, patch) && !is_unordered(filter, worst))) worst = patch;
  }
  if (fragile == 0) return;
  message(filter, worst, fragile, sink)
      .object(filter.ref())
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
