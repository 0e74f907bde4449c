// Reads rules/mcNNN-name.yaml strictly: a key we do not know is a spelling mistake.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "rulegen/generate.h"

namespace meshcheck::rulegen {
namespace {

constexpr std::array<std::string_view, 15> kKeys = {
    "title", "severity", "severities", "point",      "by",  "needs", "precision", "autofix",
    "tags",  "why",      "parameters", "folds-into", "fix", "since", "references"};

[[noreturn]] void refuse(const std::string& file, const YAML::Node& at, const std::string& reason) {
  throw std::runtime_error(fmt::format("{}:{}: {}", file, at.Mark().line + 1, reason));
}

std::string one_of(const std::string& file, const YAML::Node& rule, const char* key,
                   std::initializer_list<std::string_view> words) {
  const YAML::Node node = rule[key];
  if (!node) refuse(file, rule, fmt::format("`{}` is missing", key));
  auto word = node.as<std::string>();
  if (std::ranges::find(words, word) == words.end()) {
    refuse(file, node, fmt::format("`{}: {}` is not one of {}", key, word, fmt::join(words, ", ")));
  }
  return word;
}

std::string sentence(const std::string& file, const YAML::Node& rule, const char* key) {
  const YAML::Node node = rule[key];
  if (!node) refuse(file, rule, fmt::format("`{}` is missing", key));
  auto text = node.as<std::string>();
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.pop_back();
  if (text.empty() || text.back() != '.')
    refuse(file, node, fmt::format("`{}` ends in no full stop", key));
  return text;
}

std::vector<std::string> strings(const YAML::Node& node) {
  return node ? node.as<std::vector<std::string>>() : std::vector<std::string>{};
}

// `2`, `0.8`, `500m`, a sequence: what else a parameter may be set to follows from its default.
std::string type_of(const YAML::Node& value) {
  if (value.IsSequence()) return "list";
  const auto text = value.as<std::string>();
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string number = text.substr(0, end);
  const auto points = std::ranges::count(number, '.');
  if (number.empty() || points > 1 || number.front() == '.' || number.back() == '.') return "text";
  const std::string unit = text.substr(end);
  if (unit.empty()) return points == 0 ? "integer" : "number";
  static const std::set<std::string> kUnits = {"n", "u",  "m",  "k",  "M",  "G",  "T", "P",
                                               "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  return kUnits.contains(unit) ? "quantity" : "text";
}

void read_parameters(const std::string& file, const YAML::Node& node, RuleFile& rule) {
  for (const auto& entry : node) {
    const auto name = entry.first.as<std::string>();
    const YAML::Node value = entry.second;
    if (!value.IsMap() || !value["default"] || !value["description"]) {
      refuse(file, entry.first,
             fmt::format("parameter `{}` needs `default` and `description`", name));
    }
    for (const auto& part : value) {
      const auto key = part.first.as<std::string>();
      if (key != "default" && key != "description" && key != "type") {
        refuse(file, part.first, fmt::format("`{}` is no key of a parameter", key));
      }
    }
    const YAML::Node standard = value["default"];
    const std::string type =
        value["type"]
            ? one_of(file, value, "type", {"integer", "number", "quantity", "list", "text"})
            : type_of(standard);
    const std::string text = standard.IsSequence()
                                 ? fmt::format("{}", fmt::join(strings(standard), " "))
                                 : standard.as<std::string>();
    rule.parameters.push_back({name, text, value["description"].as<std::string>(), type});
  }
}

RuleFile read_rule(const std::string& path) {
  const std::string stem = std::filesystem::path(path).stem().string();
  const std::string file = std::filesystem::path(path).filename().string();
  const YAML::Node yaml = YAML::LoadFile(path);
  RuleFile rule;
  const std::size_t dash = stem.find('-');
  if (dash != 5 || !stem.starts_with("mc")) refuse(file, yaml, "the name is not mcNNN-name.yaml");
  rule.id = "MC" + stem.substr(2, 3);
  rule.name = stem.substr(6);
  for (const auto& entry : yaml) {
    const auto key = entry.first.as<std::string>();
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      refuse(file, entry.first, fmt::format("`{}` is no key of a rule", key));
    }
  }
  if (!yaml["title"]) refuse(file, yaml, "`title` is missing");
  rule.title = yaml["title"].as<std::string>();
  rule.severity = one_of(file, yaml, "severity", {"error", "warning", "info"});
  for (const auto& entry : yaml["severities"]) {
    rule.severities.emplace_back(entry.first.as<std::string>(), entry.second.as<std::string>());
  }
  rule.point = yaml["point"] ? yaml["point"].as<int>() : -1;
  if (rule.point != rule.id[2] - '0') refuse(file, yaml, "`point` is not the ID's first digit");
  rule.by = one_of(file, yaml, "by", {"mesh", "input", "engine"});
  rule.precision = one_of(file, yaml, "precision", {"very-high", "high", "medium", "low"});
  rule.needs = strings(yaml["needs"]);
  rule.tags = strings(yaml["tags"]);
  if (yaml["parameters"]) read_parameters(file, yaml["parameters"], rule);
  rule.folds_into = strings(yaml["folds-into"]);
  rule.why = sentence(file, yaml, "why");
  rule.fix = sentence(file, yaml, "fix");
  rule.autofix = "manual";
  if (yaml["autofix"]) rule.autofix = one_of(file, yaml, "autofix", {"safe", "unsafe"});
  rule.references = strings(yaml["references"]);
  if (!yaml["since"]) refuse(file, yaml, "`since` is missing");
  rule.since = yaml["since"].as<std::string>();
  return rule;
}

}  // namespace

std::vector<RuleFile> read_rules(std::span<const std::string> paths) {
  std::vector<RuleFile> rules;
  for (const std::string& path : paths) rules.push_back(read_rule(path));
  std::ranges::sort(rules, {}, &RuleFile::id);
  for (std::size_t i = 1; i < rules.size(); ++i) {
    if (rules[i].id == rules[i - 1].id) throw std::runtime_error(rules[i].id + " is taken twice");
  }
  return rules;
}

void write_if_changed(const std::string& path, const std::string& text) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream old;
  old << in.rdbuf();
  if (in && old.str() == text) return;
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace meshcheck::rulegen
