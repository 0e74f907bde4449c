#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/wrap.h"
#include "engine/select.h"
#include "input/istioctl_analyze.h"
#include "meshcheck/autofix.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {
namespace {

Error unknown_rule(const std::string& word) {
  std::vector<std::string> candidates;
  for (const Rule& rule : all_rules()) {
    candidates.emplace_back(rule.info.id);
    candidates.emplace_back(rule.info.name);
  }
  std::string near = nearest(word, candidates);
  const auto part = std::ranges::find_if(
      candidates, [&](const std::string& name) { return name.find(word) != std::string::npos; });
  if (near.empty() && part != candidates.end()) near = *part;
  return fail(word, fmt::format("no rule is called `{}`", word),
              near.empty()
                  ? "`meshcheck rules` lists them all"
                  : fmt::format("did you mean `{}`? `meshcheck rules` lists them all", near));
}

constexpr std::size_t kWidth = 80;

void section(std::ostream& out, std::string_view title, std::string_view text) {
  out << '\n' << title << "\n  " << wrap(text, kWidth - 2, 2) << '\n';
}

std::string in_commas(std::string_view words) {
  std::string out;
  for (const char c : words) out += c == ' ' ? std::string(", ") : std::string(1, c);
  return out;
}

// As YAML has it.
std::string default_of(const ParameterInfo& parameter) {
  const bool list = parameter.type == ParameterType::list;
  return list ? fmt::format("[{}]", in_commas(parameter.default_value))
              : std::string(parameter.default_value);
}

void write_parameters(const RuleInfo& rule, std::ostream& out) {
  if (rule.parameters.empty()) return;
  out << "\nParameters\n";
  for (const ParameterInfo& parameter : rule.parameters) {
    const std::string line = fmt::format("{} = {} ({}): {}", parameter.name, default_of(parameter),
                                         to_string(parameter.type), parameter.description);
    out << "  " << wrap(line, kWidth - 6, 6) << '\n';
  }
  const ParameterInfo& first = rule.parameters.front();
  out << fmt::format("\n  To change one, in meshcheck.yaml:\n  parameters: {{{}: {{{}: {}}}}}\n",
                     rule.id, first.name, default_of(first));
}

// A finding of this rule is part of another's, or the other way round, where both have one cause.
void write_folding(const RuleInfo& rule, std::ostream& out) {
  std::vector<std::string_view> joined;
  for (const Rule& other : all_rules()) {
    const auto& into = other.info.folds_into;
    if (std::ranges::find(into, rule.id) != into.end()) joined.push_back(other.info.id);
  }
  std::string text;
  if (!rule.folds_into.empty()) {
    text = fmt::format("Where {} says something of the same object, this joins it.",
                       fmt::join(rule.folds_into, " or "));
  }
  if (!joined.empty()) {
    text += fmt::format("{}{} {} this where {} about the same object.", text.empty() ? "" : " ",
                        fmt::join(joined, ", "), joined.size() == 1 ? "joins" : "join",
                        joined.size() == 1 ? "it is" : "they are");
  }
  if (!text.empty()) section(out, "One finding", text);
}

// Its codes are istioctl's own: we say what little we know, and where the rest is.
void explain_code(const std::string& code, std::ostream& out) {
  const std::string_view title = analyzer_title(code);
  std::string page = code;
  for (char& c : page) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  out << fmt::format(
      "{} istioctl-analyze\n{}\n\nA message of istioctl analyze, as --istioctl-analyze reads "
      "it.\n\n"
      "https://istio.io/latest/docs/reference/config/analysis/{}/\n",
      code, title.empty() ? "a code that this version does not know" : title, page);
}

}  // namespace

Exit explain(const ExplainOptions& options, const Surroundings& surroundings) {
  const Rule* rule = find_rule(options.rule);
  std::string upper = options.rule;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (rule == nullptr) rule = find_rule(upper);
  if (rule == nullptr && is_analyzer_code(upper)) {
    explain_code(upper, surroundings.out);
    return Exit::clean;
  }
  if (rule == nullptr) {
    say(unknown_rule(options.rule), surroundings.err);
    return Exit::usage;
  }
  const RuleInfo& info = rule->info;
  std::ostream& out = surroundings.out;
  out << fmt::format("{} {}\n{}\n\nseverity  {}", info.id, info.name, info.title,
                     to_string(info.severity));
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    std::vector<std::string_view> names;
    for (const NamedSeverity& other : info.severities) {
      if (other.severity == severity) names.push_back(other.name);
    }
    if (names.empty()) continue;
    out << fmt::format(", {} ({})", to_string(severity), fmt::join(names, ", "));
  }
  out << fmt::format("\nprecision {}\nsince     {}\n", info.precision, info.since);
  if (!info.needs.empty()) out << fmt::format("needs     {}\n", fmt::join(info.needs, ", "));
  if (const Applicability autofix = autofix_of(info.id); autofix != Applicability::manual) {
    out << fmt::format("autofix   {}\n", to_string(autofix));
  }
  section(out, "Why", info.why);
  section(out, "Fix", info.fix);
  write_parameters(info, out);
  write_folding(info, out);
  if (!info.references.empty()) out << "\nReferences\n";
  for (const std::string_view reference : info.references) out << "  " << reference << '\n';
  return Exit::clean;
}

}  // namespace meshcheck::cli
