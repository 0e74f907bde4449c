// Writes rule_catalogue.cpp: every rule's metadata as constants, and its function.
#include <algorithm>

#include <fmt/format.h>

#include "meshcheck/ascii.h"
#include "rulegen/generate.h"

namespace meshcheck::rulegen {
namespace {

// A C++ string literal; octal escapes, since hexadecimal ones swallow digits that follow.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string function_name(const RuleFile& rule) {
  std::string name = lower(rule.id) + '_' + rule.name;
  std::ranges::replace(name, '-', '_');
  return name;
}

// Declares the array `name` and returns the expression to refer to it; spans cannot point to an
// array of length 0.
std::string string_array(std::string& out, const std::string& name,
                         const std::vector<std::string>& values) {
  if (values.empty()) return "{}";
  out += fmt::format("constexpr std::string_view {}[] = {{", name);
  for (const std::string& value : values) out += quoted(value) + ", ";
  out += "};\n";
  return name;
}

std::string severities(std::string& out, const RuleFile& rule) {
  if (rule.severities.empty()) return "{}";
  const std::string name = "k" + rule.id + "Severities";
  out += fmt::format("constexpr NamedSeverity {}[] = {{", name);
  for (const auto& [word, severity] : rule.severities) {
    out += fmt::format("{{{}, Severity::{}}}, ", quoted(word), severity);
  }
  out += "};\n";
  return name;
}

std::string parameters(std::string& out, const RuleFile& rule) {
  if (rule.parameters.empty()) return "{}";
  const std::string name = "k" + rule.id + "Parameters";
  out += fmt::format("constexpr ParameterInfo {}[] = {{", name);
  for (const auto& parameter : rule.parameters) {
    out +=
        fmt::format("{{{}, {}, {}, ParameterType::{}}}, ", quoted(parameter.name),
                    quoted(parameter.default_value), quoted(parameter.description), parameter.type);
  }
  out += "};\n";
  return name;
}

}  // namespace

void generate_catalogue(const std::string& out_path, std::span<const std::string> rule_files,
                        Functions functions) {
  const std::vector<RuleFile> rules = read_rules(rule_files);
  std::string declarations;
  std::string arrays;
  std::string table;
  std::string autofix;
  for (const RuleFile& rule : rules) {
    if (rule.autofix != "manual") {
      autofix += fmt::format("    {{{}, Applicability::{}}},\n", quoted(rule.id), rule.autofix);
    }
    const bool by_mesh = rule.by == "mesh" && functions == Functions::named;
    if (by_mesh) {
      declarations +=
          fmt::format("void {}(const Mesh&, const Parameters&, Sink&);\n", function_name(rule));
    }
    const std::string id = "k" + rule.id;
    const std::string severity_list = severities(arrays, rule);
    const std::string parameter_list = parameters(arrays, rule);
    const std::string needs = string_array(arrays, id + "Needs", rule.needs);
    const std::string tags = string_array(arrays, id + "Tags", rule.tags);
    const std::string folds = string_array(arrays, id + "FoldsInto", rule.folds_into);
    const std::string references = string_array(arrays, id + "References", rule.references);
    table += fmt::format(
        "    {{{{{}, {}, {}, Severity::{}, {}, {}, RuleBy::{}, {}, {}, {}, {}, {},\n      {},\n"
        "      {},\n      {}, {}}},\n     {}}},\n",
        quoted(rule.id), quoted(rule.name), quoted(rule.title), rule.severity, severity_list,
        rule.point, rule.by, needs, quoted(rule.precision), tags, parameter_list, folds,
        quoted(rule.why), quoted(rule.fix), references, quoted(rule.since),
        by_mesh ? "&rules::" + function_name(rule) : "nullptr");
  }
  write_if_changed(out_path,
                   fmt::format("// Written by rulegen from rules/*.yaml.\n"
                               "#include \"meshcheck/autofix.h\"\n"
                               "#include \"meshcheck/rule.h\"\n\n"
                               "namespace meshcheck {{\n"
                               "namespace rules {{\n{}}}\n\n"
                               "namespace {{\n{}\n"
                               "constexpr Rule kRules[] = {{\n{}}};\n\n"
                               "constexpr std::pair<std::string_view, Applicability> kAutofix[] = "
                               "{{\n{}}};\n}}\n\n"
                               "std::span<const Rule> all_rules() {{ return kRules; }}\n\n"
                               "Applicability autofix_of(std::string_view rule_id) {{\n"
                               "  for (const auto& [id, autofix] : kAutofix) {{\n"
                               "    if (id == rule_id) return autofix;\n"
                               "  }}\n"
                               "  return Applicability::manual;\n"
                               "}}\n\n"
                               "}}  // namespace meshcheck\n",
                               declarations, arrays, table, autofix));
}

}  // namespace meshcheck::rulegen
