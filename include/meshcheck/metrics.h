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
  double value = 0;  // may be NaN or infinite
  Location location;

  std::string_view label(std::string_view key) const;
};

// One saved answer of /metrics.
struct MetricsFile {
  std::string file;
  std::vector<MetricSample> samples;  // by name, then as in the file
  Location location;

  // The samples of that very name.
  std::pair<const MetricSample*, const MetricSample*> range(std::string_view name) const;
  const MetricSample* find(std::string_view name) const;
  // Over all labels; nullopt where there is none. NaN counts as nothing.
  std::optional<double> sum(std::string_view name) const;
  // The version of the istiod that answered: "1.30.3"; or empty.
  std::string_view istio_version() const;
  // When the process started, in seconds since 1970: the same number is the same process.
  std::optional<double> process_start() const;
};

// The same istiod at two moments, or once.
struct MetricsPair {
  const MetricsFile* before = nullptr;  // null: one sample
  const MetricsFile* now = nullptr;
};
// In the order of the files; a counter that falls belongs to another process.
std::vector<MetricsPair> pair_metrics(const std::vector<MetricsFile>& files);

}  // namespace meshcheck
