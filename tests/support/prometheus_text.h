// A strict reader of Prometheus' text format, as the textfile collector is.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::test {

struct PrometheusSample {
  std::string metric;
  std::map<std::string, std::string> labels;
  long value = 0;
};

// Throws std::runtime_error where a line is neither help, type nor a sample with a whole number and
// no time; where samples stand without both above them or apart from their kin; and where two
// samples have the same labels.
std::vector<PrometheusSample> parse_prometheus(std::string_view text);

}  // namespace meshcheck::test
