#include "meshcheck/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace meshcheck {

std::string_view MetricSample::label(std::string_view key) const {
  for (const auto& [name_, value_] : labels) {
    if (name_ == key) return value_;
  }
  return {};
}

std::pair<const MetricSample*, const MetricSample*> MetricsFile::range(
    std::string_view name) const {
  const auto by_name = [](const MetricSample& sample) { return std::string_view(sample.name); };
  auto found = std::ranges::equal_range(samples, name, {}, by_name);
  if (found.empty()) {
    // Asked for OpenMetrics, Prometheus' library ends the names of counters so (prometheus/common:
    // expfmt/openmetrics_create.go).
    const std::string counter = std::string(name) + "_total";
    found = std::ranges::equal_range(samples, std::string_view(counter), {}, by_name);
  }
  const MetricSample* first = samples.data() + (found.begin() - samples.begin());
  return {first, first + found.size()};
}

const MetricSample* MetricsFile::find(std::string_view name) const {
  const auto [first, last] = range(name);
  return first == last ? nullptr : first;
}

std::optional<double> MetricsFile::sum(std::string_view name) const {
  const auto [first, last] = range(name);
  std::optional<double> total;
  for (const MetricSample* sample = first; sample != last; ++sample) {
    if (!std::isnan(sample->value)) total = total.value_or(0) + sample->value;
  }
  return total;
}

std::string_view MetricsFile::istio_version() const {
  if (const MetricSample* info = find("pilot_info")) return info->label("version");
  const auto [first, last] = range("istio_build");
  for (const MetricSample* sample = first; sample != last; ++sample) {
    if (sample->label("component") == "pilot") return sample->label("tag");
  }
  return {};
}

std::optional<double> MetricsFile::process_start() const {
  // What an agent answers also holds its application's metrics, under their own names.
  for (const char* name :
       {"istio_agent_process_start_time_seconds", "process_start_time_seconds"}) {
    if (const MetricSample* start = find(name)) return start->value;
  }
  return std::nullopt;
}

ObjectRef MetricsFile::object(std::string_view metric) const {
  if (pod.empty()) return {"", "Metrics", {}, std::string(metric), {}};
  return {"v1", "Pod", name_space, pod, revision};
}

std::string MetricsFile::field(std::string_view metric, std::string_view part) const {
  return pod.empty() ? std::string(part) : std::string(metric) + "." + std::string(part);
}

// (istio: pilot/cmd/pilot-agent; its own metrics carry the prefix istio_agent_ in what port 15020
// answers)
bool MetricsFile::is_agents() const {
  if (!istio_version().empty()) return false;
  if (find("cert_expiry_seconds") != nullptr) return true;
  return std::ranges::any_of(
      samples, [](const MetricSample& sample) { return sample.name.starts_with("istio_agent_"); });
}

bool may_follow(const MetricsFile& before, const MetricsFile& now) {
  if (before.pod != now.pod || before.name_space != now.name_space) return false;
  const auto first = before.process_start();
  const auto second = now.process_start();
  if (first && second && *first != *second) return false;
  if (before.is_agents() != now.is_agents()) return false;
  if (before.istio_version() != now.istio_version()) return false;
  constexpr std::array<const char*, 4> kCounters = {"pilot_proxy_convergence_time_count",
                                                    "process_cpu_seconds_total",
                                                    "pilot_total_xds_rejects", "pilot_xds_pushes"};
  return std::ranges::none_of(kCounters, [&](const char* counter) {
    const auto less = before.sum(counter);
    const auto more = now.sum(counter);
    return less && more && *more < *less;
  });
}

std::vector<MetricsPair> pair_metrics(const std::vector<MetricsFile>& files) {
  std::vector<MetricsPair> pairs;
  for (const MetricsFile& file : files) {
    const auto open = std::ranges::find_if(
        pairs, [&](const MetricsPair& pair) { return may_follow(*pair.now, file); });
    if (open == pairs.end()) {
      pairs.push_back({nullptr, &file});
    } else {
      // The first and the last of several.
      *open = {open->before == nullptr ? open->now : open->before, &file};
    }
  }
  return pairs;
}

}  // namespace meshcheck
