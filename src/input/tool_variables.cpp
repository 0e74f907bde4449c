#include "input/tool_variables.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace meshcheck {
namespace {

// A variable that hangs on another that hangs on another, each of two steps: nobody goes deeper.
constexpr int kMostDepth = 6;
// Beyond this many assignments nobody can say which one holds.
constexpr std::size_t kMostAssignments = 8;

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t name_length(std::string_view text) {
  if (text.empty() || !is_name_start(text[0])) return 0;
  const auto end = std::ranges::find_if_not(text, is_name);
  return static_cast<std::size_t>(end - text.begin());
}

std::string_view skip_spaces(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

// A `$`, or what Taskfiles ("{{.NAME}}") and just ("{{NAME}}") have.
bool is_reference(std::string_view text) { return text.starts_with('$') || text.starts_with("{{"); }

// The length of what a `$` opens: "$NAME", "${…}", "$(…)", "${{ … }}", and Make's "$$…"; or `{{`.
std::size_t reference_length(std::string_view text) {
  if (text.starts_with("{{")) return std::min(text.find("}}"), text.size() - 2) + 2;
  std::size_t at = text.starts_with("$$") ? 2 : 1;
  const std::string_view rest = text.substr(std::min(at, text.size()));
  std::string_view closing;
  if (rest.starts_with("{{")) {
    closing = "}}";
  } else if (rest.starts_with('{')) {
    closing = "}";
  } else if (rest.starts_with('(')) {
    closing = ")";
  } else {
    return at + name_length(rest);
  }
  const std::size_t end = rest.find(closing);
  return end == kNone ? text.size() : at + end + closing.size();
}

struct Reference {
  std::string_view name;      // empty where it is no plain variable
  std::string_view fallback;  // of "${NAME:-1.29.2}"
};

Reference read_reference(std::string_view text) {
  constexpr std::string_view kEnv = "env.";
  if (text.starts_with("{{")) {
    text = skip_spaces(text.substr(2));
    if (text.starts_with('.')) text.remove_prefix(1);
    const std::size_t length = name_length(text);
    // What else stands there is a function, or another's field.
    const bool plain = skip_spaces(text.substr(length)).starts_with("}}");
    return {plain ? text.substr(0, length) : std::string_view{}, {}};
  }
  text = text.substr(std::min(text.find_first_not_of('$'), text.size()));
  if (text.starts_with("{{")) {
    text = skip_spaces(text.substr(2));
    if (!text.starts_with(kEnv)) return {};  // a matrix, an input, a secret
    text.remove_prefix(kEnv.size());
    return {text.substr(0, name_length(text)), {}};
  }
  if (text.starts_with('{') || text.starts_with('(')) text.remove_prefix(1);
  // A script's argument is a name of one digit.
  const bool argument = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0;
  const std::size_t length = argument ? 1 : name_length(text);
  Reference reference{text.substr(0, length), {}};
  text.remove_prefix(length);
  if (text.starts_with(":-") || text.starts_with('-')) {
    text.remove_prefix(text.find('-') + 1);
    if (text.starts_with('"') || text.starts_with('\'')) text.remove_prefix(1);
    reference.fallback = version_expression(text);
  } else if (text.starts_with(' ')) {
    reference.name = {};  // "$(curl …)"
  }
  return reference;
}

// What goes on behind a reference is a part of the version: "$(MAJOR).29", "${V}0.3".
bool goes_on(std::string_view after) {
  if (after.starts_with('.')) after.remove_prefix(1);
  const bool digit = !after.empty() && std::isdigit(static_cast<unsigned char>(after[0])) != 0;
  return digit || after.starts_with('$') || after.starts_with("{{");
}

// A YAML value without the anchor or the tag before it.
std::string_view without_properties(std::string_view text) {
  while (text.starts_with('&') || text.starts_with('!')) {
    const std::size_t space = text.find(' ');
    if (space == kNone) return {};
    text = skip_spaces(text.substr(space));
  }
  return text;
}

// The value's text after "NAME": "= 1.29", ":=", "?=", ": 1.29"; nothing where it is no assignment.
std::optional<std::string_view> assigned_value(std::string_view rest, bool docker) {
  const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
  if (quoted) rest.remove_prefix(1);
  const std::string_view tight = rest;
  rest = skip_spaces(rest);
  if (rest.starts_with("?=") || rest.starts_with(":=")) return rest.substr(2);
  if (rest.starts_with("::=")) return rest.substr(3);
  if (rest.starts_with('=') && !rest.starts_with("==")) return rest.substr(1);
  if (tight.starts_with(": ") || tight.starts_with(":\t")) return tight.substr(1);
  if (docker && (tight.starts_with(' ') || tight.starts_with('\t'))) return tight;
  return std::nullopt;
}

}  // namespace

std::string_view version_expression(std::string_view text) {
  std::size_t at = text.starts_with('v') ? 1 : 0;
  if (is_reference(text.substr(at))) {
    const std::size_t end = at + reference_length(text.substr(at));
    return goes_on(text.substr(end)) ? std::string_view{} : text.substr(0, end);
  }
  constexpr std::string_view kAllowed = "._+*~^<>=-";
  const auto end = std::ranges::find_if_not(text, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kAllowed.find(c) != kNone;
  });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

ToolVariables::ToolVariables(std::span<const TextLine> lines) {
  for (const TextLine& line : lines) read(line);
  for (std::size_t i = 1; i < lines.size(); ++i) read_pair(lines[i - 1], lines[i]);
  for (std::size_t i = 0; i < lines.size(); ++i) read_block(lines.subspan(i));
  find_jobs(lines);
}

// The keys below `jobs:`, as GitHub and CircleCI have them: none sees another's variables.
void ToolVariables::find_jobs(std::span<const TextLine> lines) {
  jobs_.assign(lines.size(), 0);
  std::size_t job = 0;
  std::size_t indent = 0;  // of the jobs' keys; 0: not below `jobs:`, or not known yet
  bool below = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view text = skip_spaces(lines[i].text);
    if (text.empty() || text.starts_with('#')) continue;
    const std::size_t here = lines[i].text.size() - text.size();
    if (here == 0) {
      below = text.starts_with("jobs:");
      indent = 0;
      continue;
    }
    if (!below) continue;
    if (indent == 0) indent = here;
    if (here == indent) ++job;
    jobs_[i] = job;
  }
}

std::size_t ToolVariables::job_of(const TextLine& line) const {
  return line.number == 0 || line.number > jobs_.size() ? 0 : jobs_[line.number - 1];
}

void ToolVariables::assign(std::string_view name, const TextLine& line, std::string_view text) {
  text = without_properties(skip_spaces(text));
  if (text.starts_with('"') || text.starts_with('\'')) text.remove_prefix(1);
  if (text.empty() || text.starts_with('#')) return;
  auto& all = assigned_[name];
  // What is no version at all is kept too: the variable then is not known.
  if (all.size() < kMostAssignments) all.push_back({&line, version_expression(text)});
}

// `- name: ISTIO_VERSION` with `value: 1.29.2` below it, as Azure Pipelines and Kubernetes have it.
void ToolVariables::read_pair(const TextLine& name, const TextLine& value) {
  constexpr std::string_view kName = "name: ";
  constexpr std::string_view kValue = "value: ";
  std::string_view key = skip_spaces(name.text);
  if (key.starts_with("- ")) key = skip_spaces(key.substr(2));
  const std::string_view text = skip_spaces(value.text);
  if (!key.starts_with(kName) || !text.starts_with(kValue)) return;
  key = skip_spaces(key.substr(kName.size()));
  if (key.starts_with('"') || key.starts_with('\'')) key.remove_prefix(1);
  const std::size_t length = name_length(key);
  if (length != 0) assign(key.substr(0, length), value, text.substr(kValue.size()));
}

// `ISTIO_VERSION:` with `value: 1.29.2` below it, as GitLab has it.
void ToolVariables::read_block(std::span<const TextLine> lines) {
  constexpr std::string_view kValue = "value: ";
  constexpr std::size_t kMostKeys = 4;  // beside `description`, `options` and `expand`
  const std::string_view key = skip_spaces(lines[0].text);
  const std::size_t length = name_length(key);
  if (length == 0 || key.substr(length) != ":") return;
  const auto indent = [](std::string_view text) { return text.size() - skip_spaces(text).size(); };
  for (std::size_t i = 1; i < std::min(lines.size(), kMostKeys + 1); ++i) {
    const std::string_view text = lines[i].text;
    if (indent(text) <= indent(lines[0].text)) return;
    if (!skip_spaces(text).starts_with(kValue)) continue;
    return assign(key.substr(0, length), lines[i], skip_spaces(text).substr(kValue.size()));
  }
}

void ToolVariables::read(const TextLine& line) {
  std::string_view rest = line.text;
  if (skip_spaces(rest).starts_with('#')) return;
  std::string_view previous;
  while (!rest.empty()) {
    const std::size_t length = name_length(rest);
    if (length == 0) {
      // Digits and `$` before letters are parts of other words.
      const bool word = is_name(rest[0]) || rest[0] == '$' || rest[0] == '-' || rest[0] == '.';
      rest.remove_prefix(1);
      while (word && !rest.empty() && is_name(rest[0])) rest.remove_prefix(1);
      continue;
    }
    const std::string_view name = rest.substr(0, length);
    rest.remove_prefix(length);
    const bool docker = previous == "ENV";
    previous = name;
    const auto value = assigned_value(rest, docker);
    if (!value) continue;
    assign(name, line, *value);
  }
}

std::optional<ToolVariables::Resolved> ToolVariables::resolve(TextPart expression) const {
  return resolve(expression, *expression.line, 0);
}

std::optional<ToolVariables::Resolved> ToolVariables::resolve_variable(std::string_view name,
                                                                       const TextLine& at) const {
  return resolve_variable(name, at, 0);
}

std::optional<ToolVariables::Resolved> ToolVariables::resolve(TextPart expression,
                                                              const TextLine& at, int depth) const {
  std::string_view text = expression.text;
  if (text.starts_with('v') && is_reference(text.substr(1))) text.remove_prefix(1);
  if (text.empty() || depth > kMostDepth) return std::nullopt;
  if (!is_reference(text)) return Resolved{{expression.line, text}, {}};
  const Reference reference = read_reference(text);
  if (reference.name.empty()) return std::nullopt;
  if (assigned_.contains(reference.name)) {
    if (auto found = resolve_variable(reference.name, at, depth + 1)) return found;
  }
  if (reference.fallback.empty() || reference.fallback[0] == '$') return std::nullopt;
  const bool named = name_length(reference.name) != 0;
  return Resolved{{expression.line, reference.fallback}, named ? reference.name : ""};
}

// Those of the job that `at` belongs to; where it has none, those of no job.
std::vector<TextPart> ToolVariables::values_of(std::string_view name, const TextLine& at) const {
  const auto found = assigned_.find(name);
  if (found == assigned_.end()) return {};
  const std::size_t job = job_of(at);
  if (job == 0) return found->second;
  std::vector<TextPart> own;
  std::vector<TextPart> common;
  for (const TextPart& value : found->second) {
    const std::size_t other = job_of(*value.line);
    if (other == job) own.push_back(value);
    if (other == 0) common.push_back(value);
  }
  // What was left out may be this job's.
  if (own.empty() && found->second.size() == kMostAssignments) return {};
  return own.empty() ? common : own;
}

std::optional<ToolVariables::Resolved> ToolVariables::resolve_variable(std::string_view name,
                                                                       const TextLine& at,
                                                                       int depth) const {
  if (depth > kMostDepth) return std::nullopt;
  std::optional<Resolved> result;
  for (const TextPart& value : values_of(name, at)) {
    // `ENV V=${V}` passes on what another line says.
    const Reference reference = is_reference(value.text) ? read_reference(value.text) : Reference{};
    std::optional<Resolved> one;
    if (reference.name == name) {
      if (reference.fallback.empty()) continue;
      one = Resolved{{value.line, reference.fallback}, name};
    } else {
      one = resolve(value, at, depth + 1);
    }
    if (!one || (result && result->version.text != one->version.text)) return std::nullopt;
    if (!result) result = one;
  }
  if (result && result->variable.empty()) result->variable = name;
  return result;
}

}  // namespace meshcheck
