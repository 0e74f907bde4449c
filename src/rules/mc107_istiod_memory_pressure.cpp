// Severity, documentation and parameters: rules/mc107-istiod-memory-pressure.yaml
#include <cmath>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Of istiod's own container, where the samples say whose they are: cAdvisor and a federated answer
// have those of its neighbours beside it.
const MetricSample* find_istiods(const MetricsFile& file, std::string_view name) {
  const MetricSample* found = nullptr;
  const auto [first, last] = file.range(name);
  for (const MetricSample* sample = first; sample != last; ++sample) {
    const std::string_view container = sample->label("container");
    const std::string_view pod = sample->label("pod");
    if (!pod.empty() && !pod.starts_with("istiod")) continue;
    if (container == kIstiodContainer) return sample;
    if (container.empty() && found == nullptr) found = sample;
  }
  return found;
}

// From the version on that sets GOMEMLIMIT the heap fills what the collector leaves to it, and only
// what the kernel counts tells (istio: pilot/cmd/pilot-discovery, automemlimit since 1.29).
const MetricSample* usage_of(const MetricsFile& file, bool collected) {
  for (const char* name : {"container_memory_working_set_bytes", "process_resident_memory_bytes"}) {
    const MetricSample* sample = find_istiods(file, name);
    if (sample != nullptr && (collected || std::string_view(name).starts_with("container"))) {
      return sample;
    }
  }
  if (collected) return nullptr;
  const MetricSample* heap = find_istiods(file, "go_memstats_heap_inuse_bytes");
  return heap != nullptr ? heap : find_istiods(file, "go_memstats_heap_alloc_bytes");
}

void judge(const Mesh& mesh, const MetricsFile& file, const Parameters& parameters, Sink& sink) {
  const ControlPlane* plane = mesh.find_answering(file);
  if (plane == nullptr) {
    sink.not_evaluated(fmt::format("which istiod in the input {} is of is not known", file.who()),
                       {"istiod"});
    return;
  }
  const auto& limit = plane->resources.memory_limit;
  if (!limit.known() || !limit.value || limit.value->is_zero()) {
    sink.not_evaluated(fmt::format("{} has no memory limit to hold its use against", plane->name),
                       {"istiod's memory limit"});
    return;
  }
  auto version = Version::parse(file.istio_version());
  if (!version) version = plane->version;
  const bool collected = version && version->at_least(1, 29);
  const MetricSample* usage = usage_of(file, collected);
  if (usage == nullptr || !std::isfinite(usage->value)) {
    sink.not_evaluated(fmt::format("{} does not tell istiod's {}", file.who(),
                                   collected ? "working set" : "heap in use"));
    return;
  }
  const auto most =
      static_cast<double>(parameters.integer(collected ? "max-percent-collected" : "max-percent"));
  const auto bytes = static_cast<double>(limit.value->value());
  const double percent = usage->value / bytes * 100;
  if (!(percent >= most)) {
    sink.judged();
    return;
  }
  sink.report(usage->location, "{} uses {:.0f}Mi, {:.0f} % of its memory limit of {}", plane->name,
              usage->value / 1048576, percent, limit.value->text())
      .about(*plane)
      .field(container_field(*plane, "resources.limits.memory"))
      .related("its limit", plane->place(limit.from), plane->object)
      .compare(fmt::format("{:.0f} %", percent), fmt::format("below {:.0f} %", most), limit.from)
      .fix(
          "Raise the limit, then scope what each proxy gets with Sidecar resources or "
          "discoverySelectors.");
}

}  // namespace

void mc107_istiod_memory_pressure(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.observed->metrics.empty()) {
    sink.not_evaluated(mesh.observed->why_unanswered(
        "/metrics", "no --metrics was given: what istiod's /metrics on port 15014 answers"));
    return;
  }
  for (const MetricsPair& pair : pair_metrics(mesh.observed->metrics)) {
    if (!pair.now->is_agents()) judge(mesh, *pair.now, parameters, sink);
  }
}

}  // namespace meshcheck::rules
