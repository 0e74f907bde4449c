#include "cli/effective_config.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/config_keys.h"
#include "cli/settings_flags.h"
#include "input/files.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefault = "default";

std::string place_of(Node node) {
  const Location at = node.location();
  return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

std::string by_flag(std::string_view flag, std::string_view variable) {
  return fmt::format("--{} or MESHCHECK_{}", flag, variable);
}

Effective scalar(std::string text, std::string from) {
  return {.kind = Effective::Kind::scalar, .text = std::move(text), .from = std::move(from)};
}

// What the file says, as it says it.
Effective written(Node node) {
  Effective out;
  if (node.is_mapping()) {
    out.kind = Effective::Kind::mapping;
    for (const Entry entry : node.entries()) {
      if (entry.value.is_null()) continue;
      out.members.emplace_back(entry.key.text(), written(entry.value));
    }
  } else if (node.is_sequence()) {
    out.kind = Effective::Kind::list;
    for (const Node item : node.items()) out.members.emplace_back("", written(item));
  } else {
    out.text = node.text();
  }
  out.from = place_of(node);
  return out;
}

void add_words(Effective& list, const std::vector<std::string>& words, const std::string& from) {
  for (const std::string& word : words) list.members.emplace_back("", scalar(word, from));
}

Effective selected_words(const ConfigOptions& options, Node root) {
  Effective list{.kind = Effective::Kind::list};
  const Selection& flags = options.selection;
  if (!flags.select.empty()) {
    add_words(list, flags.select, by_flag("select", "SELECT"));
  } else if (root["select"].size() != 0) {
    list = written(root["select"]);
  } else {
    add_words(list, {"ALL"}, kDefault);
  }
  add_words(list, flags.extend_select, by_flag("extend-select", "EXTEND_SELECT"));
  return list;
}

Effective ignored_words(const ConfigOptions& options, Node root) {
  Effective list{.kind = Effective::Kind::list, .from = kDefault};
  if (root["ignore"].is_sequence()) list = written(root["ignore"]);
  add_words(list, options.selection.ignore, by_flag("ignore", "IGNORE"));
  return list;
}

// By identifier, whatever the file calls the rule.
Node entry_of(Node section, const RuleInfo& rule) {
  return section[rule.id] ? section[rule.id] : section[rule.name];
}

Effective severities(Node section) {
  Effective mapping{.kind = Effective::Kind::mapping, .from = kDefault};
  for (const Entry entry : section.entries()) {
    const Rule* rule = find_rule(entry.key.text());
    std::string from = place_of(entry.value);
    if (rule != nullptr) {
      from += fmt::format("; the rule's own is {}", to_string(rule->info.severity));
    }
    // What is no rule of ours is a code of istioctl analyze.
    mapping.members.emplace_back(rule == nullptr ? entry.key.text() : rule->info.id,
                                 scalar(std::string(entry.value.text()), std::move(from)));
  }
  return mapping;
}

Effective parameter(const ParameterInfo& info, Node value) {
  if (!value.is_null()) {
    Effective out = written(value);
    out.from += fmt::format("; default: {}", info.default_value);
    return out;
  }
  Effective out = scalar(std::string(info.default_value), kDefault);
  if (info.type != ParameterType::list) return out;
  out.kind = Effective::Kind::list;
  for (std::string_view words = out.text; !words.empty();) {
    const std::size_t end = std::min(words.find(' '), words.size());
    out.members.emplace_back("", scalar(std::string(words.substr(0, end)), kDefault));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

Effective parameters(Node section) {
  Effective mapping{.kind = Effective::Kind::mapping, .from = kDefault};
  for (const Rule& rule : all_rules()) {
    if (rule.info.parameters.empty()) continue;
    Effective of_rule{.kind = Effective::Kind::mapping, .from = kDefault};
    const Node values = entry_of(section, rule.info);
    for (const ParameterInfo& info : rule.info.parameters) {
      of_rule.members.emplace_back(info.name, parameter(info, values[info.name]));
    }
    mapping.members.emplace_back(rule.info.id, std::move(of_rule));
  }
  return mapping;
}

Effective rates(const ConfigOptions& options, Node section) {
  Effective mapping{.kind = Effective::Kind::mapping, .from = kDefault};
  if (section.is_mapping()) mapping = written(section);
  for (const std::string& word : options.input.rates) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    std::erase_if(mapping.members, [&](const auto& member) { return member.first == name; });
    mapping.members.emplace_back(name, scalar(word.substr(equals + 1), by_flag("rps", "RPS")));
  }
  return mapping;
}

Effective setting(const KeyInfo& key, const ConfigOptions& options, Node root) {
  const Node node = root[key.name];
  if (key.name == "select") return selected_words(options, root);
  if (key.name == "ignore") return ignored_words(options, root);
  switch (key.type) {
    case KeyType::severities: return severities(node);
    case KeyType::parameters: return parameters(node);
    case KeyType::rates: return rates(options, node);
    default: break;
  }
  if (!node.is_null()) return written(node);
  Effective out = scalar(std::string(key.default_value), kDefault);
  if (key.type == KeyType::items) out.kind = Effective::Kind::list;
  if (key.type == KeyType::days) out.kind = Effective::Kind::mapping;
  return out;
}

std::string quoted_in(const char* key, const RuleDecision& decision, Node root) {
  for (const Node item : root[key].items()) {
    if (item.text() != decision.word) continue;
    return fmt::format("`{}: [{}]`, {}", key, decision.word, place_of(item));
  }
  return key;
}

std::string reason_of(const RuleDecision& decision, Node root) {
  switch (decision.by) {
    case DecidedBy::standard: return "every rule runs by default";
    case DecidedBy::configured_select: return quoted_in("select", decision, root);
    case DecidedBy::configured_ignore: return quoted_in("ignore", decision, root);
    case DecidedBy::select: return fmt::format("--select {}", decision.word);
    case DecidedBy::extend_select: return fmt::format("--extend-select {}", decision.word);
    case DecidedBy::ignore: return fmt::format("--ignore {}", decision.word);
    case DecidedBy::nothing: return "not among the selected";
  }
  return "";
}

// "the nearest meshcheck.yaml above deploy", and the like.
std::string how_found(const ConfigOptions& options, const std::string& file) {
  const std::string path = options.input.paths.empty() ? "." : options.input.paths.front();
  if (options.input.isolated) {
    return file.empty() ? "none; --isolated leaves it out"
                        : fmt::format("none; --isolated leaves {} out", file);
  }
  if (!options.input.config.empty())
    return fmt::format("{}, named by --config or MESHCHECK_CONFIG", file);
  if (!file.empty()) return fmt::format("{}, the nearest from {} upwards", file, path);
  return fmt::format("none; there is no meshcheck.yaml from {} up to the root of its repository",
                     path);
}

}  // namespace

Result<EffectiveConfig> effective_config(const ConfigOptions& options, const ConfigRead& read) {
  Settings settings = read.config.settings;
  if (auto error = apply_flags(options.input, settings)) return std::move(*error);
  Selection selection = options.selection;
  selection.configured_select = read.config.select;
  selection.configured_ignore = read.config.ignore;
  auto decisions = decide_rules(selection);
  if (!decisions) return decisions.error();

  EffectiveConfig out;
  const std::string file =
      read.config.path.empty() ? "" : display_name(read.config.path, fs::current_path());
  out.found = how_found(options, file);
  if (read.root) out.file = file;
  out.settings.kind = Effective::Kind::mapping;
  for (const KeyInfo& key : config_keys()) {
    out.settings.members.emplace_back(key.name, setting(key, options, read.root));
  }
  for (RuleDecision& decision : *decisions) {
    std::string reason = reason_of(decision, read.root);
    out.rules.push_back({std::move(decision), std::move(reason)});
  }
  return out;
}

}  // namespace meshcheck::cli
