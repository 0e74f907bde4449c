// (istio: pkg/config/analysis/diag/message.go, istioctl/pkg/util/formatting/formatter.go)
#include "input/istioctl_analyze.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "input/arena.h"
#include "input/json_stream.h"
#include "input/parse.h"
#include "input/saved_text.h"
#include "input/text_lines.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

constexpr const char* kHint = "save it with `istioctl analyze -o json > analyze.json`";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The level of a message, or of its status in an object: `Warning`, `WARNING`, once `Warn`.
std::optional<Severity> level(std::string_view word) {
  const std::string small = lower(word);
  if (small == "error") return Severity::error;
  if (small == "warning" || small == "warn") return Severity::warning;
  if (small == "info") return Severity::info;
  return std::nullopt;
}

// "(VirtualService shop/web shop/web.yaml:12) Referenced …": what is in the brackets, taken off
// `rest`. A file's name may hold blanks and brackets, an object's neither.
void take_origin(std::string_view& rest, AnalyzerMessage& message) {
  if (!rest.starts_with('(')) return;
  const std::size_t kind = rest.find(' ');
  const std::size_t name =
      kind == std::string_view::npos ? kind : rest.find_first_of(" )", kind + 1);
  if (name == std::string_view::npos) return;
  std::size_t end = name;
  if (rest[name] == ' ') {
    // The reference ends in a line's number, which the bracket follows; without one it is blank.
    for (end = rest.find(") ", name); end != std::string_view::npos;
         end = rest.find(") ", end + 1)) {
      if (end == name + 1 || is_digit(rest[end - 1])) break;
    }
    if (end == std::string_view::npos) return;
    message.reference = trimmed(rest.substr(name, end - name));
  }
  message.origin = rest.substr(1, name - 1);
  rest = trimmed(rest.substr(end + 1));
}

// "Error [IST0101] [cluster-east] (VirtualService shop/web shop/web.yaml:12) Referenced …"
std::optional<AnalyzerMessage> read_line(const TextLine& line, const std::string& file) {
  std::string_view rest = line.text;
  const std::size_t word = std::min(rest.find_first_of(" \t"), rest.size());
  const auto severity = level(rest.substr(0, word));
  if (!severity) return std::nullopt;
  rest = trimmed(rest.substr(word));
  if (!rest.starts_with('[') || rest.size() < 9 || rest[8] != ']') return std::nullopt;
  const std::string_view code = rest.substr(1, 7);
  if (!is_analyzer_code(code)) return std::nullopt;
  AnalyzerMessage message;
  message.code = code;
  message.severity = *severity;
  message.location = place_on(line, code, file);
  rest = trimmed(rest.substr(9));
  const std::size_t cluster =
      rest.starts_with("[cluster-") ? rest.find(']') : std::string_view::npos;
  if (cluster != std::string_view::npos) rest = trimmed(rest.substr(cluster + 1));
  take_origin(rest, message);
  message.message = rest;
  return message;
}

class AnalyzerOutput {
 public:
  explicit AnalyzerOutput(const Source& source)
      : source_(source), places_(source.name, source.text) {}

  Result<std::vector<AnalyzerMessage>> read();

 private:
  void read_lines(const std::vector<Chunk>& values);
  bool read_text_line(const TextLine& line);
  void end_list(std::size_t end);
  std::optional<Error> read_chunk(const Chunk& chunk, Format format);
  bool read_root(Node root);
  bool read_message(Node node);
  bool is_strange(Node node) {
    strange_ = node;
    return false;
  }

  const Source& source_;
  SavedPlaces places_;
  Arena arena_;
  std::vector<Chunk> lists_;  // of YAML
  bool in_list_ = false;
  bool in_message_ = false;  // of text: what follows indented belongs to it
  bool said_ = false;        // something told that it is istioctl's output
  Node strange_;
  std::vector<AnalyzerMessage> messages_;
};

bool AnalyzerOutput::read_text_line(const TextLine& line) {
  if (auto message = read_line(line, source_.name)) {
    messages_.push_back(*std::move(message));
    in_message_ = said_ = true;
    return true;
  }
  // A schema is violated in several ways at once, each on a line of its own.
  const bool indented = line.text.starts_with('\t') || line.text.starts_with("  ");
  if (in_message_ && indented && !trimmed(line.text).empty()) {
    messages_.back().message += fmt::format(" {}", trimmed(line.text));
    return true;
  }
  in_message_ = in_message_ && line.text.empty();
  const bool none = trimmed(line.text) == "null" || trimmed(line.text) == "[]" ||
                    line.text.find("No validation issues found") != std::string_view::npos;
  said_ = said_ || none;
  return none;
}

void AnalyzerOutput::end_list(std::size_t end) {
  if (std::exchange(in_list_, false)) lists_.back().end = end;
}

// istioctl sorts the keys; what the list went through afterwards need not.
bool begins_message(std::string_view line) {
  constexpr std::array<std::string_view, 6> kKeys = {
      "- code:", "- documentationUrl:", "- level:", "- message:", "- origin:", "- reference:"};
  return std::ranges::any_of(kKeys, [&](std::string_view key) { return line.starts_with(key); });
}

// What is no JSON: messages as text, lists of YAML, and what others said between them.
void AnalyzerOutput::read_lines(const std::vector<Chunk>& values) {
  auto value = values.begin();
  for (const TextLine& line : text_lines(source_.text)) {
    const auto begin = static_cast<std::size_t>(line.text.data() - source_.text.data());
    while (value != values.end() && value->end <= begin) ++value;
    if (value != values.end() && value->begin <= begin) {
      end_list(begin);
      continue;
    }
    const std::string_view item = trimmed(line.text);
    const bool inside = item.starts_with("- ") || line.text.empty() || line.text.starts_with(' ');
    if (in_list_ && inside) continue;
    end_list(begin);
    if (read_text_line(line)) continue;
    if (begins_message(item)) {
      Chunk& list = lists_.emplace_back();
      list.begin = begin;
      list.first_line = line.number;
      in_list_ = true;
    }
  }
  end_list(source_.text.size());
}

bool AnalyzerOutput::read_message(Node node) {
  // The status of an object spells it {type: {code, name}, level, documentationUrl}.
  const Node code = node["code"] ? node["code"] : node["type"]["code"];
  if (!is_analyzer_code(code.text())) return is_strange(node);
  AnalyzerMessage message;
  message.code = code.text();
  message.severity = level(node["level"].text()).value_or(Severity::warning);
  message.message = node["message"].text();
  if (message.message.empty()) message.message = node["type"]["name"].text();
  message.origin = trimmed(node["origin"].text());
  message.reference = trimmed(node["reference"].text());
  message.documentation = node["documentationUrl"].text();
  message.location = places_.at(code.offset(), code.text().size());
  messages_.push_back(std::move(message));
  return true;
}

bool AnalyzerOutput::read_root(Node root) {
  if (root.is_sequence()) {
    return std::ranges::all_of(root.items(), [&](Node item) { return read_message(item); });
  }
  for (const char* key : {"messages", "validationMessages"}) {
    if (root[key].is_sequence()) return read_root(root[key]);
  }
  return read_message(root);
}

std::optional<Error> AnalyzerOutput::read_chunk(const Chunk& chunk, Format format) {
  const Parsed parsed = parse(source_, chunk, arena_, format);
  said_ = true;
  if (parsed.outcome == Parsed::Outcome::empty) return std::nullopt;
  if (parsed.outcome != Parsed::Outcome::tree) {
    Error error = fail(
        source_.name,
        fmt::format("cannot be read as output of istioctl analyze: {}", parsed.message), kHint);
    Location& at = error.location.emplace();
    at.file = source_.name;
    at.line = parsed.line;
    at.column = parsed.column;
    return error;
  }
  if (read_root(parsed.document->root())) return std::nullopt;
  Error error = fail(source_.name, "holds something that is no message of istioctl analyze", kHint);
  error.location = places_.at(strange_.offset(), strange_.text().size());
  return error;
}

Result<std::vector<AnalyzerMessage>> AnalyzerOutput::read() {
  if (source_.text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fail(source_.name, "is empty, which tells nothing: istioctl may have failed",
                "save it with `istioctl analyze -o json`, which writes [] where it finds nothing");
  }
  const std::vector<Chunk> values = find_json_values(source_.text);
  read_lines(values);
  for (const Chunk& value : values) {
    if (auto error = read_chunk(value, Format::json)) return *std::move(error);
  }
  for (const Chunk& list : lists_) {
    if (auto error = read_chunk(list, Format::yaml)) return *std::move(error);
  }
  if (!said_) return fail(source_.name, "is no output of `istioctl analyze`", kHint);
  std::ranges::stable_sort(messages_, {}, [](const AnalyzerMessage& message) {
    return std::pair(message.location.line, message.location.column);
  });
  return std::move(messages_);
}

}  // namespace

Result<std::vector<AnalyzerMessage>> read_istioctl_analyze(const Source& source) {
  const std::string text = clean_saved_text(source.text);
  Source cleaned;
  cleaned.name = source.name;
  cleaned.text = text;
  return AnalyzerOutput(cleaned).read();
}

bool is_analyzer_code(std::string_view word) {
  return word.size() == 7 && word.starts_with("IST") &&
         std::ranges::all_of(word.substr(3), is_digit);
}

}  // namespace meshcheck
