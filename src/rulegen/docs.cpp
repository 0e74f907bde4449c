// Writes docs/rules.md: one page of every rule, its examples taken from the tested fixtures.
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
    {0, "The tool's own"},
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

std::string page(const fs::path& testdata, const RuleFile& rule) {
  std::string severity = rule.severity;
  for (const auto& [name, other] : rule.severities)
    severity += fmt::format(", {} ({})", other, name);
  std::string out =
      fmt::format("### {} {}\n\n{}\n\nSeverity: {}. Precision: {}. Since {}.\n\n", rule.id,
                  rule.name, rule.title, severity, rule.precision, rule.since);
  out += fmt::format("**Why.** {}\n\n**Fix.** {}\n\n", rule.why, rule.fix);
  if (rule.autofix == "safe") out += "`audit --fix` mends it where it can.\n\n";
  if (rule.autofix == "unsafe") out += "`audit --fix --unsafe-fixes` mends it where it can.\n\n";
  if (!rule.parameters.empty()) {
    out += "| parameter | default | meaning |\n|---|---|---|\n";
    for (const auto& parameter : rule.parameters) {
      out += fmt::format("| `{}` | `{}` | {} |\n", parameter.name, parameter.default_value,
                         parameter.description);
    }
    out += '\n';
  }
  if (!rule.folds_into.empty()) {
    out += fmt::format("Joins {} where both fire on the same control plane.\n\n",
                       fmt::join(rule.folds_into, ", "));
  }
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
    text += '\n' + page(testdata, rule);
  }
  while (text.ends_with("\n\n")) text.pop_back();
  write_if_changed(out_path, text);
}

}  // namespace meshcheck::rulegen
