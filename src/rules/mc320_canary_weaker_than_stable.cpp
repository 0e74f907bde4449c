// Severity, documentation and parameters: rules/mc320-canary-weaker-than-stable.yaml
#include <algorithm>
#include <array>
#include <cmath>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Pair {
  const ControlPlane& older;
  const ControlPlane& newer;
};

bool precedes(const ControlPlane* a, const ControlPlane* b) {
  return !a->version->at_least(b->version->major, b->version->minor, b->version->patch);
}

Draft report(const Pair& pair, Node where, std::string_view what, std::string actual,
             std::string expected, Sink& sink) {
  Draft finding =
      sink.report(where ? where : pair.newer.anchor, "revision {} has {} than {}: {}, not {}",
                  pair.newer.revision, what, pair.older.revision, actual, expected);
  finding.about(pair.newer)
      .compare(std::move(actual), std::move(expected), {})
      .related("the revision it replaces", pair.older.anchor, pair.older.object)
      .fix(fmt::format("Give it at least what revision {} has before namespaces move to it.",
                       pair.older.revision));
  return finding;
}

using Amount = Traced<std::optional<Quantity>>;

void compare_memory(const Pair& pair, std::string_view name, const Amount& older,
                    const Amount& newer, Sink& sink) {
  if (!older.known() || !newer.known()) {
    sink.not_evaluated(fmt::format("the memory {} of {} is not in the input", name,
                                   newer.known() ? pair.older.name : pair.newer.name));
    return;
  }
  // No limit is not a weaker limit; no request is less than any.
  const bool weaker = name == "limit"
                          ? older.value && newer.value && *newer.value < *older.value
                          : older.value && (!newer.value || *newer.value < *older.value);
  if (!weaker) return;
  report(pair, newer.from.node, name == "limit" ? "a lower memory limit" : "a lower memory request",
         newer.value ? newer.value->text() : "none", older.value->text(), sink)
      .field(container_field(pair.newer, fmt::format("resources.{}s.memory", name)));
}

bool is_same(const Version& a, const Version& b) {
  return a.major == b.major && a.minor == b.minor && a.patch == b.patch;
}

// The most memory that saved metrics show of the older revision; null where they tell none.
const MetricSample* observed_peak(const Mesh& mesh, const ControlPlane& older) {
  constexpr std::array<const char*, 3> kUsage = {"container_memory_working_set_bytes",
                                                 "process_resident_memory_bytes",
                                                 "go_memstats_heap_inuse_bytes"};
  const MetricSample* peak = nullptr;
  for (const MetricsFile& file : mesh.observed->metrics) {
    const auto version = Version::parse(file.istio_version());
    if (!version || !is_same(*version, *older.version)) continue;
    for (const char* name : kUsage) {
      const MetricSample* sample = file.find(name);
      if (sample == nullptr || !std::isfinite(sample->value)) continue;
      if (peak == nullptr || sample->value > peak->value) peak = sample;
      break;  // the first that is there says most of what the limit is held against
    }
  }
  return peak;
}

// A lower limit than the older one's may be enough; one below its peak is not, whatever it is.
void compare_with_peak(const Mesh& mesh, const Pair& pair, const Parameters& parameters,
                       Sink& sink) {
  const MetricSample* peak = observed_peak(mesh, pair.older);
  const Amount& limit = pair.newer.resources.memory_limit;
  if (peak == nullptr || !limit.known() || !limit.value || limit.value->is_zero()) return;
  const auto percent = static_cast<double>(parameters.integer("peak-percent"));
  const double wanted = peak->value * percent / 100;
  if (static_cast<double>(limit.value->value()) >= wanted) return;
  const auto mebibytes = [](double bytes) { return fmt::format("{:.0f}Mi", bytes / 1048576); };
  sink.report_as("peak", pair.newer.place(limit.from),
                 "revision {} may use {}, and {} was seen to use {}: below {:.0f} % of that",
                 pair.newer.revision, limit.value->text(), pair.older.revision,
                 mebibytes(peak->value), percent)
      .about(pair.newer)
      .field(container_field(pair.newer, "resources.limits.memory"))
      .compare(limit.value->text(), mebibytes(wanted), limit.from)
      .related("what was seen", peak->location)
      .fix("Give it that much before namespaces move to it.")
      .setting("resources.limits.memory", mebibytes(std::ceil(wanted / 1048576) * 1048576));
}

void compare_availability(const Pair& pair, Sink& sink) {
  const auto older = pair.older.min_replicas();
  const auto newer = pair.newer.min_replicas();
  const bool known =
      older.known() && newer.known() && pair.older.autoscaler_known && pair.newer.autoscaler_known;
  if (!known) {
    sink.not_evaluated("the replicas of both revisions are not in the input");
  } else if (newer.value < older.value) {
    report(pair, newer.from.node, "fewer replicas at rest", std::to_string(newer.value),
           std::to_string(older.value), sink)
        .field(pair.newer.autoscaler ? "spec.minReplicas" : "spec.replicas");
  }
  const bool budgets_known = pair.older.budgets_known && pair.newer.budgets_known;
  if (budgets_known && !pair.older.budgets.empty() && pair.newer.budgets.empty()) {
    report(pair, pair.newer.anchor, "less protection from eviction", "no PodDisruptionBudget",
           pair.older.budgets.front().object.name, sink)
        .field("spec");
  }
}

void compare_text(const Pair& pair, std::string_view key,
                  const Traced<std::optional<std::string>>& older,
                  const Traced<std::optional<std::string>>& newer, std::string_view otherwise,
                  Sink& sink) {
  if (!older.known() || !newer.known()) return;
  const std::string before = older.value.value_or(std::string(otherwise));
  const std::string after = newer.value.value_or(std::string(otherwise));
  if (before == after) return;
  report(pair, newer.from.node, fmt::format("another {}", key), after, before, sink)
      .field(fmt::format("meshConfig.{}", key));
}

bool has_provider(const MeshConfig& config, std::string_view name) {
  const auto providers = config.extension_providers();
  return std::ranges::count(config.profile_providers, name) != 0 ||
         std::ranges::any_of(providers, [&](Node one) { return one["name"].text() == name; });
}

// Providers that policies and telemetry name.
std::vector<std::string_view> providers_in_use(const Mesh& mesh) {
  std::vector<std::string_view> names;
  for (const Resource* policy : mesh.resources->of_kind("AuthorizationPolicy")) {
    names.push_back(policy->spec()["provider"]["name"].text());
  }
  for (const Resource* telemetry : mesh.resources->of_kind("Telemetry")) {
    for (const char* kind : {"accessLogging", "tracing", "metrics"}) {
      for (const Node entry : telemetry->spec()[kind].items()) {
        for (const Node provider : entry["providers"].items()) {
          names.push_back(provider["name"].text());
        }
      }
    }
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

void compare_configuration(const Mesh& mesh, const Pair& pair, Sink& sink) {
  const MeshConfig* older = mesh.find_config(pair.older);
  const MeshConfig* newer = mesh.find_config(pair.newer);
  if (older == nullptr || newer == nullptr) return;
  compare_text(pair, "trustDomain", older->trust_domain, newer->trust_domain, "cluster.local",
               sink);
  compare_text(pair, "rootNamespace", older->root_namespace, newer->root_namespace,
               pair.older.name_space, sink);
  for (const std::string_view name : providers_in_use(mesh)) {
    if (!has_provider(*older, name) || has_provider(*newer, name)) continue;
    report(pair, newer->root, "fewer extension providers", "none of that name", std::string(name),
           sink)
        .field("meshConfig.extensionProviders");
  }
}

}  // namespace

void mc320_canary_weaker_than_stable(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  std::vector<const ControlPlane*> planes;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.retired() && plane.version && plane.revision_known) planes.push_back(&plane);
  }
  std::ranges::stable_sort(planes, precedes);
  if (planes.size() < 2 || !precedes(planes[planes.size() - 2], planes.back()) ||
      planes[planes.size() - 2]->revision == planes.back()->revision) {
    sink.not_evaluated("no two revisions of different versions are in the input", {"two istiods"});
    return;
  }
  const Pair pair{*planes[planes.size() - 2], *planes.back()};
  sink.judged();
  compare_memory(pair, "request", pair.older.resources.memory_request,
                 pair.newer.resources.memory_request, sink);
  compare_memory(pair, "limit", pair.older.resources.memory_limit,
                 pair.newer.resources.memory_limit, sink);
  compare_with_peak(mesh, pair, parameters, sink);
  compare_availability(pair, sink);
  compare_configuration(mesh, pair, sink);
}

}  // namespace meshcheck::rules
