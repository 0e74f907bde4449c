// Metrics as istiod exposes them, saved to a file; plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshcheck/location.h"

namespace meshcheck {

struct MetricSample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;            // may be NaN or infinite
  std::optional<double> time;  // in seconds since 1970, where the line says
  Location location;

  std::string_view label(std::string_view key) const;
};

// One saved answer of /metrics.
struct MetricsFile {
  std::string file;
  std::string revision;               // of the istiod that answered, where that is known
  std::string name_space;             // of its pod, in a live cluster; else empty
  std::string pod;                    // the same
  std::vector<MetricSample> samples;  // by name, then as in the file
  Location location;

  // The pod that answered, else the file.
  const std::string& who() const { return pod.empty() ? file : pod; }
  // What a finding is about: that pod, else the metric.
  ObjectRef object(std::string_view metric) const;
  // Where in it: "pilot_total_xds_rejects.cds" of a pod, "cds" of the metric.
  std::string field(std::string_view metric, std::string_view part) const;
  // The samples of that very name.
  std::pair<const MetricSample*, const MetricSample*> range(std::string_view name) const;
  const MetricSample* find(std::string_view name) const;
  // Over all labels; nullopt where there is none. NaN counts as nothing.
  std::optional<double> sum(std::string_view name) const;
  // The version of the istiod that answered: "1.30.3"; or empty.
  std::string_view istio_version() const;
  // When the process started, in seconds since 1970: the same number is the same process.
  std::optional<double> process_start() const;
  // Saved from a proxy's agent (port 15020), not from istiod.
  bool is_agents() const;
};

// The same istiod at two moments, or once.
struct MetricsPair {
  const MetricsFile* before = nullptr;  // null: one sample
  const MetricsFile* now = nullptr;
};
// Whether `now` may be a later answer of the process that gave `before`: a counter that falls
// belongs to another one, and so does what another pod says.
bool may_follow(const MetricsFile& before, const MetricsFile& now);
// In the order of the files.
std::vector<MetricsPair> pair_metrics(const std::vector<MetricsFile>& files);

}  // namespace meshcheck
