// Any bytes as saved metrics: read or refused, and what was read is read again as it is written.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "input/metrics.h"
#include "walk.h"

namespace {

using namespace meshcheck;
using fuzz::require;

// Beyond, a time is taken for milliseconds.
constexpr double kLastSecond = 1e11;

bool has_time(const MetricSample& sample) {
  return sample.time && std::isfinite(*sample.time) && *sample.time <= kLastSecond;
}

// As Prometheus' text format 0.0.4 has it.
std::string write(const MetricSample& sample) {
  std::string line = sample.name + '{';
  for (const auto& [name, value] : sample.labels) {
    line += name + "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') line += '\\';
      line += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
    }
    line += "\",";
  }
  line += fmt::format("}} {}", sample.value);
  return line + (has_time(sample) ? fmt::format(" {}\n", *sample.time) : "\n");
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void compare(const MetricSample& a, const MetricSample& b) {
  require(a.name == b.name && a.labels == b.labels, "names and labels are read as written");
  require(same(a.value, b.value), "a value is read as written");
  require(!has_time(a) || a.time == b.time, "a time is read as written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = read_metrics({"fuzz.txt", {reinterpret_cast<const char*>(data), size}});
  if (!read) {
    require(!read.error().message.empty(), "a refusal says why");
    return 0;
  }
  std::string text;
  for (const MetricSample& sample : read->samples) {
    const Location& at = sample.location;
    require(at.line > 0 && at.column > 0 && at.end_column > at.column, "a sample has a place");
    text += write(sample);
  }
  const auto again = read_metrics({"fuzz.txt", text});
  require(again && again->samples.size() == read->samples.size(), "all is read again");
  for (std::size_t i = 0; i < read->samples.size(); ++i) {
    compare(read->samples[i], again->samples[i]);
  }
  return 0;
}
