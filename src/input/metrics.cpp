#include "input/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "input/saved_text.h"

namespace meshcheck {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ':' || c == '.';
}

// from_chars takes neither a plus nor every spelling of infinity.
std::optional<double> parse_number(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string_view rest = lower;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  double value = 0;
  if (rest == "inf" || rest == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else if (rest == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    const char* end = rest.data() + rest.size();
    const auto read = std::from_chars(rest.data(), end, value);
    if (rest.empty() || rest.front() == '-' || read.ptr != end || read.ec != std::errc()) {
      return std::nullopt;
    }
  }
  return negative ? -value : value;
}

// Prometheus's text format counts milliseconds since 1970, OpenMetrics seconds.
double to_seconds(double stamp) {
  constexpr double kMilliseconds = 1e11;  // in seconds it is the year 5138, in milliseconds 1973
  return stamp > kMilliseconds ? stamp / 1000 : stamp;
}

// A prompt before the answer, and what kubectl says of its port-forward.
bool is_noise(std::string_view line, bool first) {
  return (first && line.starts_with("$ ")) || line.starts_with("Forwarding from ") ||
         line.starts_with("Handling connection for ");
}

class SampleLine {
 public:
  explicit SampleLine(std::string_view text) : text_(text) {}

  // name{label="value",…} value [timestamp] [# exemplar]
  bool read(MetricSample& sample) {
    skip_blanks();
    begin_ = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    sample.name = text_.substr(begin_, at_ - begin_);
    if (sample.name.empty()) return false;
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '{' && !read_labels(sample)) return false;
    end_ = at_;
    const auto value = parse_number(word());
    if (!value) return false;
    sample.value = *value;
    end_ = at_;
    const std::string_view time = word();
    if (time.empty() || time.starts_with('#')) return true;
    const auto stamp = parse_number(time);
    if (!stamp) return false;
    sample.time = to_seconds(*stamp);
    const std::string_view more = word();
    return more.empty() || more.starts_with('#');
  }
  std::size_t begin() const { return begin_; }
  std::size_t length() const { return end_ - begin_; }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  std::string_view word() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '\t') ++at_;
    return text_.substr(begin, at_ - begin);
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool read_labels(MetricSample& sample) {
    take('{');
    while (!take('}')) {
      skip_blanks();
      const std::size_t begin = at_;
      while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
      std::string name(text_.substr(begin, at_ - begin));
      std::string value;
      if (name.empty() || !take('=') || !take('"') || !read_quoted(value)) return false;
      sample.labels.emplace_back(std::move(name), std::move(value));
      if (!take(',') && (at_ >= text_.size() || text_[at_] != '}')) return false;
    }
    return true;
  }
  bool read_quoted(std::string& value) {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return true;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        value += text_[at_] == 'n' ? '\n' : text_[at_];
      } else {
        value += text_[at_];
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

Error misread(const std::string& file, const SavedLine& line) {
  const std::size_t begin = std::min(line.text.find_first_not_of(" \t"), line.text.size());
  Error error = fail(
      file, fmt::format("line {} is no metric: `{}`", line.number, line.text.substr(begin, 60)),
      "save what istiod answers: kubectl -n istio-system port-forward deploy/istiod "
      "15014 & curl -s localhost:15014/metrics");
  error.location = place_in_line(file, line, begin, line.text.size() - begin);
  return error;
}

}  // namespace

Result<MetricsFile> read_metrics(const Source& source) {
  const std::string text = clean_saved_text(source.text);
  MetricsFile file;
  file.file = source.name;
  file.location.file = source.name;
  SavedLines lines(text);
  SavedLine line;
  while (lines.next(line)) {
    const std::size_t begin = line.text.find_first_not_of(" \t");
    if (begin == std::string_view::npos || line.text[begin] == '#') continue;
    if (is_noise(line.text.substr(begin), file.samples.empty())) continue;
    MetricSample sample;
    SampleLine reader(line.text);
    if (!reader.read(sample)) return misread(source.name, line);
    sample.location = place_in_line(source.name, line, reader.begin(), reader.length());
    file.samples.push_back(std::move(sample));
  }
  if (file.samples.empty()) {
    return fail(source.name, "holds no metric", "see what the request for /metrics answered");
  }
  std::ranges::stable_sort(file.samples, {}, &MetricSample::name);
  return file;
}

}  // namespace meshcheck
