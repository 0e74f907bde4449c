#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/effective_config.h"
#include "cli/output.h"
#include "cli/wrap.h"
#include "meshcheck/rule.h"
#include "report/terminal.h"

namespace meshcheck::cli {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Effective::Kind;

constexpr std::size_t kCommentColumn = 36;
constexpr std::size_t kIdsWidth = 72;

// As YAML that the reader of the configuration takes for the same text.
std::string yaml_word(const std::string& text) {
  static constexpr std::string_view kNull[] = {"null", "Null", "NULL"};
  const bool plain =
      !text.empty() && text.front() != '-' && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '/' || c == '-';
      });
  if (plain && std::ranges::find(kNull, text) == std::end(kNull)) return text;
  return Json(text).dump();  // a JSON string is a YAML string
}

void add_line(std::string& out, std::string line, const std::string& from) {
  if (!from.empty()) {
    line.resize(std::max(line.size() + 1, kCommentColumn), ' ');
    line += "# " + report::printable(from);
  }
  out += line + '\n';
}

// `head` stands before the value: "team-label:", "  -".
void write_yaml(std::string& out, const std::string& head, const Effective& value,
                std::size_t indent) {
  if (value.kind == Kind::scalar) {
    add_line(out, fmt::format("{} {}", head, yaml_word(value.text)), value.from);
    return;
  }
  if (value.members.empty()) {
    add_line(out, fmt::format("{} {}", head, value.kind == Kind::list ? "[]" : "{}"), value.from);
    return;
  }
  const bool item = head.ends_with('-');
  if (!item) out += head + '\n';
  const std::string margin(indent, ' ');
  bool first = item;  // the first member of an item stands beside its dash
  for (const auto& [name, member] : value.members) {
    const std::string key = value.kind == Kind::list ? "-" : yaml_word(name) + ':';
    write_yaml(out, fmt::format("{}{}", first ? head + ' ' : margin, key), member, indent + 2);
    first = false;
  }
}

// Why each rule does not run, a line each; why the others do, by reason.
void write_rules(std::string& out, const EffectiveConfig& config) {
  std::string off;
  std::map<std::string, std::string> running;  // rules, by reason
  std::ptrdiff_t count = 0;
  for (const EffectiveRule& rule : config.rules) {
    const RuleInfo& info = rule.decision.rule->info;
    if (rule.decision.selected) {
      ++count;
      running[rule.reason] += fmt::format(" {}", info.id);
    } else {
      off += fmt::format("#   {} {:<32} {}\n", info.id, info.name, report::printable(rule.reason));
    }
  }
  const auto all = static_cast<std::ptrdiff_t>(config.rules.size());
  if (!off.empty()) out += fmt::format("\n# {} of {} rules do not run:\n{}", all - count, all, off);
  out += fmt::format("\n# {} of {} rules run:\n", count, all);
  for (const auto& [reason, ids] : running) {
    std::string lines = wrap(ids, kIdsWidth);
    for (std::size_t at = lines.find('\n'); at != std::string::npos;
         at = lines.find('\n', at + 1)) {
      lines.insert(at + 1, "#     ");
    }
    out += fmt::format("#   {}:\n#     {}\n", report::printable(reason), lines);
  }
}

std::string yaml(const EffectiveConfig& config) {
  std::string out = fmt::format("# configuration: {}\n", report::printable(config.found));
  for (const auto& [name, member] : config.settings.members) {
    write_yaml(out, name + ':', member, 2);
  }
  write_rules(out, config);
  return out;
}

Json json(const Effective& value) {
  Json out = {{"value", nullptr}, {"from", value.from}};
  if (value.kind == Kind::scalar) {
    out["value"] = value.text;
    return out;
  }
  Json members = value.kind == Kind::list ? Json::array() : Json::object();
  for (const auto& [name, member] : value.members) {
    if (value.kind == Kind::list) {
      members.push_back(json(member));
    } else {
      members[name] = json(member);
    }
  }
  out["value"] = std::move(members);
  return out;
}

Json json(const EffectiveConfig& config) {
  Json settings = Json::object();
  for (const auto& [name, member] : config.settings.members) settings[name] = json(member);
  Json rules = Json::array();
  for (const EffectiveRule& rule : config.rules) {
    const RuleInfo& info = rule.decision.rule->info;
    rules.push_back({{"id", info.id},
                     {"name", info.name},
                     {"runs", rule.decision.selected},
                     {"reason", rule.reason}});
  }
  return {{"schemaVersion", "1"},
          {"file", config.file.empty() ? Json() : Json(config.file)},
          {"found", config.found},
          {"settings", std::move(settings)},
          {"rules", std::move(rules)}};
}

}  // namespace

Exit show_config(const ConfigOptions& options, const Surroundings& surroundings) {
  if (const auto error = check_format(options.output, kConfigFormats)) {
    say(*error, surroundings.err);
    return Exit::usage;
  }
  const ConfigRead read = configure(options.input);
  if (!read.errors.empty()) {
    say(read.errors, surroundings.err);
    return Exit::usage;
  }
  const auto config = effective_config(options, read);
  if (!config) {
    say(config.error(), surroundings.err);
    return Exit::usage;
  }
  surroundings.out << (options.output == "json" ? json(*config).dump(2) + '\n' : yaml(*config));
  return Exit::clean;
}

}  // namespace meshcheck::cli
