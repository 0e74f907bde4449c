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

// Minor versions of the istiods, the oldest first; none where one of them is not known.
std::vector<int> minors_of(const Mesh& mesh) {
  std::set<int> minors;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.version_known()) return {};
    minors.insert(plane.version->minor);
  }
  return {minors.begin(), minors.end()};
}

// The minor of a pattern such as `^1\.30.*`; nullopt for one that says more than a beginning.
std::optional<int> only_minor(std::string_view pattern) {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  if (!pattern.starts_with("1\\.") && !pattern.starts_with("1.")) return std::nullopt;
  pattern.remove_prefix(pattern.find('.') + 1);
  int minor = 0;
  std::size_t digits = 0;
  for (; digits < std::min<std::size_t>(pattern.size(), 3); ++digits) {
    const char letter = pattern[digits];
    if (letter < '0' || letter > '9') break;
    minor = minor * 10 + (letter - '0');
  }
  const std::string_view rest = pattern.substr(digits);
  // `1.3.*` is 1.30, too; `1.9.*` only 1.9.
  if (digits == 0 || digits > 2 || minor <= 3 || rest.find('|') != std::string_view::npos)
    return std::nullopt;
  if (!rest.empty() && rest.front() != '.' && rest.front() != '\\') return std::nullopt;
  if (rest.size() > 1 && (rest[1] == '?' || rest[1] == '{')) return std::nullopt;
  return minor;
}

// The newest minor that the filter is for, where no proxy can be that old any more: they follow
// their istiod within one minor.
std::optional<int> outlived(const Resource& filter, const std::vector<int>& running) {
  if (running.empty()) return std::nullopt;
  std::optional<int> newest;
  for (const Node patch : filter.spec()["configPatches"].items()) {
    const auto minor = only_minor(patch["match"]["proxy"]["proxyVersion"].text());
    if (!minor || *minor + 1 >= running.front()) return std::nullopt;
    newest = std::max(newest.value_or(0), *minor);
  }
  return newest;
}

Node first_patch(const Resource& filter, bool (*wanted)(Node)) {
  for (const Node patch : filter.spec()["configPatches"].items()) {
    if (wanted(patch)) return patch;
  }
  return {};
}

void judge(const Resource& filter, const std::vector<int>& running, Sink& sink) {
  sink.judged();
  const ObjectRef ref = filter.ref();
  if (const auto minor = outlived(filter, running)) {
    const Node version = filter.spec()["configPatches"].at(0)["match"]["proxy"]["proxyVersion"];
    sink.report(
            version,
            "EnvoyFilter {} patches proxies up to 1.{} only, and istiod runs 1.{}: it does nothing",
            filter.name(), *minor, running.front())
        .object(ref)
        .field("spec.configPatches")
        .fix(fmt::format(
            "Write it anew for `proxyVersion: ^1\\.{}.*` and try it there, or delete it.",
            running.back()));
    return;
  }
  const Node unversioned = first_patch(
      filter, [](Node patch) { return patch["match"]["proxy"]["proxyVersion"].text().empty(); });
  if (unversioned && running.size() > 1) {
    sink.report(unversioned,
                "EnvoyFilter {} matches no proxyVersion: proxies of 1.{} and of 1.{} get the same "
                "patch",
                filter.name(), running.front(), running.back())
        .object(ref)
        .field("spec.configPatches")
        .fix(fmt::format("Add `match: {{proxy: {{proxyVersion: ^1\\.{}.*}}}}` with the version it "
                         "was written for, and a patch of its own for the other.",
                         running.front()));
    return;
  }
  const Node relative = first_patch(
      filter, [](Node patch) { return is_relative(patch["patch"]["operation"].text()); });
  if (!relative || !filter.spec()["priority"].is_null()) return;
  const Node operation = relative["patch"]["operation"];
  sink.report(operation,
              "EnvoyFilter {} has no priority: where its {} puts it among other EnvoyFilters hangs "
              "on which was made first",
              filter.name(), operation.text())
      .object(ref)
      .field("spec.priority")
      .fix(
          "Give it a priority: 0 is the default, lower ones are applied before, higher ones after.")
      .patch(manifest_head(ref) + "spec:\n  priority: 10\n");
}

}  // namespace

void mc912_envoyfilter_fragile(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  const std::vector<int> running = minors_of(mesh);
  for (const Resource* filter : mesh.resources->of_kind("EnvoyFilter")) {
    if (filter->group() != "networking.istio.io" || is_charts_own(*filter)) continue;
    // A base and its overlays describe one object.
    if (seen.emplace(filter->name_space(), filter->name()).second) judge(*filter, running, sink);
  }
  if (seen.empty()) sink.not_evaluated("no EnvoyFilter is in the input", {"EnvoyFilter"});
}

}  // namespace meshcheck::rules
