#include "input/tool_variables.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace meshcheck {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
// A variable that hangs on another that hangs on another: nobody goes deeper.
constexpr int kMostDepth = 3;
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

// The length of what a `$` opens: "$NAME", "${…}", "$(…)", "${{ … }}", and Make's "$$…".
std::size_t reference_length(std::string_view text) {
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
  text = text.substr(std::min(text.find_first_not_of('$'), text.size()));
  if (text.starts_with("{{")) {
    constexpr std::string_view kEnv = "env.";
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
    reference.fallback = version_expression(text);
  } else if (text.starts_with(' ')) {
    reference.name = {};  // "$(curl …)"
  }
  return reference;
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
  if (text.substr(at).starts_with('$'))
    return text.substr(0, at + reference_length(text.substr(at)));
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
}

void ToolVariables::assign(std::string_view name, const TextLine& line, std::string_view text) {
  text = skip_spaces(text);
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
  return resolve(expression, 0);
}

std::optional<ToolVariables::Resolved> ToolVariables::resolve_variable(
    std::string_view name) const {
  return resolve_variable(name, 0);
}

std::optional<ToolVariables::Resolved> ToolVariables::resolve(TextPart expression,
                                                              int depth) const {
  std::string_view text = expression.text;
  if (text.starts_with("v$")) text.remove_prefix(1);
  if (text.empty() || depth > kMostDepth) return std::nullopt;
  if (text[0] != '$') return Resolved{{expression.line, text}, {}};
  const Reference reference = read_reference(text);
  if (reference.name.empty()) return std::nullopt;
  if (assigned_.contains(reference.name)) {
    if (auto found = resolve_variable(reference.name, depth + 1)) return found;
  }
  if (reference.fallback.empty() || reference.fallback[0] == '$') return std::nullopt;
  const bool named = name_length(reference.name) != 0;
  return Resolved{{expression.line, reference.fallback}, named ? reference.name : ""};
}

std::optional<ToolVariables::Resolved> ToolVariables::resolve_variable(std::string_view name,
                                                                       int depth) const {
  const auto found = assigned_.find(name);
  if (found == assigned_.end() || depth > kMostDepth) return std::nullopt;
  std::optional<Resolved> result;
  for (const TextPart& value : found->second) {
    // `ENV V=${V}` passes on what another line says.
    const Reference reference =
        value.text.starts_with('$') ? read_reference(value.text) : Reference{};
    std::optional<Resolved> one;
    if (reference.name == name) {
      if (reference.fallback.empty()) continue;
      one = Resolved{{value.line, reference.fallback}, name};
    } else {
      one = resolve(value, depth + 1);
    }
    if (!one || (result && result->version.text != one->version.text)) return std::nullopt;
    if (!result) result = one;
  }
  if (result && result->variable.empty()) result->variable = name;
  return result;
}

}  // namespace meshcheck
