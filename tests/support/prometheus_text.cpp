#include "support/prometheus_text.h"

#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace meshcheck::test {
namespace {

std::string unescaped(const std::string& value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\') ++i;
    out += value[i];
  }
  return out;
}

PrometheusSample sample_of(const std::string& line) {
  static const std::regex kSample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\\\|\\"|\\n)*",?)+)\})? ([0-9]+))re");
  static const std::regex kLabel(R"re(([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)")re");
  std::smatch match;
  if (!std::regex_match(line, match, kSample)) throw std::runtime_error("no sample: " + line);
  PrometheusSample sample;
  sample.metric = match[1];
  sample.value = std::stol(match[3]);
  const std::string labels = match[2];
  for (std::sregex_iterator at(labels.begin(), labels.end(), kLabel), end; at != end; ++at) {
    if (!sample.labels.emplace((*at)[1], unescaped((*at)[2])).second) {
      throw std::runtime_error("twice a label: " + line);
    }
  }
  return sample;
}

}  // namespace

std::vector<PrometheusSample> parse_prometheus(std::string_view text) {
  if (text.empty() || text.back() != '\n') throw std::runtime_error("no line end at the end");
  std::vector<PrometheusSample> samples;
  std::set<std::string> described;
  std::set<std::pair<std::string, std::map<std::string, std::string>>> seen;
  std::string metric;  // whose samples follow
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      metric = line.substr(7, line.find(' ', 7) - 7);
      if (!described.insert(metric).second) throw std::runtime_error("twice: " + metric);
      if (!std::getline(lines, line) || line != "# TYPE " + metric + " gauge") {
        throw std::runtime_error("no type: " + metric);
      }
      continue;
    }
    PrometheusSample sample = sample_of(line);
    if (sample.metric != metric) throw std::runtime_error("not of its kin: " + line);
    if (!seen.insert({sample.metric, sample.labels}).second) {
      throw std::runtime_error("twice: " + line);
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace meshcheck::test
