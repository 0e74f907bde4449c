// Writes docs/rules.md: one page of every rule, its examples taken from the tested fixtures.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "rulegen/generate.h"

namespace meshcheck::rulegen {
namespace {

namespace fs = std::filesystem;

const std::map<int, std::string> kPoints = {
    {0, "Input and suppressions"},
    {1, "Control-plane resources"},
    {2, "Control-plane availability"},
    {3, "Revisions and upgrades"},
    {4, "Sidecars and capacity"},
    {5, "Access logs and protocols"},
    {6, "Authorization"},
    {7, "Configuration drift"},
    {8, "Version parity"},
    {9, "Beyond the baseline"},
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string lower_id(const RuleFile& rule) { return "mc" + rule.id.substr(2); }

// What the rule says about its failing fixture, as a user reads it.
std::string example(const fs::path& testdata, const RuleFile& rule) {
  const fs::path expected = testdata / lower_id(rule) / "fail.expected";
  if (!fs::exists(expected)) return {};
  return fmt::format("Says, of [testdata/{0}](../testdata/{0}):\n\n```text\n{1}```\n\n",
                     lower_id(rule), read_file(expected));
}

std::string facts(const RuleFile& rule) {
  std::string severity = rule.severity;
  for (const char* word : {"error", "warning", "info"}) {
    std::vector<std::string> names;
    for (const auto& [name, other] : rule.severities) {
      if (other == word) names.push_back(name);
    }
    if (!names.empty()) severity += fmt::format(", {} ({})", word, fmt::join(names, ", "));
  }
  std::string out =
      fmt::format("Severity: {}. Precision: {}. Since {}.", severity, rule.precision, rule.since);
  if (!rule.needs.empty()) out += fmt::format(" Needs: {}.", fmt::join(rule.needs, "; "));
  if (!rule.tags.empty()) out += fmt::format(" Tags: {}.", fmt::join(rule.tags, ", "));
  if (rule.autofix == "safe") out += " Mended by `audit --fix`.";
  if (rule.autofix == "unsafe") out += " Mended by `audit --fix --unsafe-fixes`.";
  return out;
}

std::string parameter_table(const RuleFile& rule) {
  if (rule.parameters.empty()) return {};
  std::string out = "| parameter | type | default | meaning |\n|---|---|---|---|\n";
  for (const auto& parameter : rule.parameters) {
    std::string value = parameter.default_value;
    if (parameter.type == "list") {
      for (std::size_t at = 0; (at = value.find(' ', at)) != std::string::npos; at += 2) {
        value.insert(at, ",");
      }
      value = fmt::format("[{}]", value);
    }
    if (!value.empty()) value = fmt::format("`{}`", value);
    out += fmt::format("| `{}` | {} | {} | {} |\n", parameter.name, parameter.type, value,
                       parameter.description);
  }
  return out + '\n';
}

// As `explain` says it.
std::string folding(std::span<const RuleFile> rules, const RuleFile& rule) {
  std::vector<std::string> joined;
  for (const RuleFile& other : rules) {
    if (std::ranges::find(other.folds_into, rule.id) != other.folds_into.end()) {
      joined.push_back(other.id);
    }
  }
  std::string out;
  if (!rule.folds_into.empty()) {
    out = fmt::format("Where {} says something of the same object, this joins it.",
                      fmt::join(rule.folds_into, " or "));
  }
  if (!joined.empty()) {
    out += fmt::format("{}{} {} this where {} about the same object.", out.empty() ? "" : " ",
                       fmt::join(joined, ", "), joined.size() == 1 ? "joins" : "join",
                       joined.size() == 1 ? "it is" : "they are");
  }
  return out.empty() ? out : out + "\n\n";
}

std::string page(const fs::path& testdata, std::span<const RuleFile> rules, const RuleFile& rule) {
  std::string out =
      fmt::format("### {} {}\n\n{}\n\n{}\n\n", rule.id, rule.name, rule.title, facts(rule));
  out += fmt::format("**Why.** {}\n\n**Fix.** {}\n\n", rule.why, rule.fix);
  out += parameter_table(rule) + folding(rules, rule);
  out += example(testdata, rule);
  for (const std::string& reference : rule.references) out += fmt::format("- <{}>\n", reference);
  if (!rule.references.empty()) out += '\n';
  return out;
}

}  // namespace

void generate_docs(const std::string& out_path, const std::string& testdata,
                   std::span<const std::string> rule_files) {
  const std::vector<RuleFile> rules = read_rules(rule_files);
  std::string text =
      "# Rules\n\nWritten from `rules/*.yaml` by `cmake --build --preset dev --target docs`; do "
      "not "
      "edit.\n\n| rule | severity | finds |\n|---|---|---|\n";
  for (const RuleFile& rule : rules) {
    text += fmt::format("| [{0} {1}](#{2}-{1}) | {3} | {4} |\n", rule.id, rule.name, lower_id(rule),
                        rule.severity, rule.title);
  }
  int point = -1;
  for (const RuleFile& rule : rules) {
    if (rule.point != point) {
      point = rule.point;
      text +=
          fmt::format("\n## {}{}\n", point >= 1 && point <= 8 ? fmt::format("{} · ", point) : "",
                      kPoints.at(point));
    }
    text += '\n' + page(testdata, rules, rule);
  }
  while (text.ends_with("\n\n")) text.pop_back();
  write_if_changed(out_path, text);
}

}  // namespace meshcheck::rulegen
