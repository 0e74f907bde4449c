// Sections of the configuration file that say something about rules.
#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "cli/config_sections.h"
#include "cli/overrides.h"
#include "engine/select.h"
#include "input/gitignore.h"
#include "input/istioctl_analyze.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {
namespace {

// "max-replicas is a parameter of MC202, MC203", where it is one.
std::string whose_parameter(std::string_view word) {
  std::vector<std::string_view> rules;
  for (const Rule& rule : all_rules()) {
    const bool has = std::ranges::any_of(
        rule.info.parameters, [&](const ParameterInfo& info) { return info.name == word; });
    if (has) rules.push_back(rule.info.id);
  }
  if (rules.empty()) return "";
  return fmt::format("it is a parameter of {}: write {}: {{{}: …}}", fmt::join(rules, ", "),
                     rules.front(), word);
}

// The rule that a key names by ID or name; each once.
class RuleKeys {
 public:
  RuleKeys(ConfigReader& reader, std::string_view section) : reader_(reader), section_(section) {}

  const RuleInfo* find(Node key) {
    const Rule* rule = find_rule(key.text());
    if (rule == nullptr) {
      reader_.refuse(key, fmt::format("no rule is called `{}`", key.text()), hint(key.text()));
      return nullptr;
    }
    // The same key twice is told by the reader of YAML.
    const auto [seen, first] = seen_.emplace(rule->info.id, key.text());
    if (!first && seen->second != key.text()) {
      reader_.refuse(key, fmt::format("{} names {} twice", section_, rule->info.id));
    }
    return &rule->info;
  }

 private:
  static std::string hint(std::string_view word) {
    std::vector<std::string> names;
    for (const Rule& known : all_rules()) {
      names.emplace_back(known.info.id);
      names.emplace_back(known.info.name);
    }
    const std::string near = nearest(word, names);
    if (!near.empty()) return fmt::format("did you mean `{}`?", near);
    const std::string whose = whose_parameter(word);
    return whose.empty() ? "`meshcheck rules` lists them all; prefixes and tags have no place here"
                         : whose;
  }

  ConfigReader& reader_;
  std::string_view section_;
  std::map<std::string_view, std::string_view> seen_;
};

const ParameterInfo* find_parameter(ConfigReader& reader, const RuleInfo& rule, Node key) {
  std::vector<std::string_view> names;
  for (const ParameterInfo& parameter : rule.parameters) {
    if (parameter.name == key.text()) return &parameter;
    names.push_back(parameter.name);
  }
  std::string hint = "it has none";
  if (!names.empty()) {
    const std::string near =
        nearest(key.text(), std::vector<std::string>(names.begin(), names.end()));
    hint = near.empty() ? fmt::format("its parameters are {}", fmt::join(names, ", "))
                        : fmt::format("did you mean `{}`?", near);
  }
  reader.refuse(key, fmt::format("{} has no parameter `{}`", rule.id, key.text()), hint);
  return nullptr;
}

bool is_whole_number(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end && value >= 0 && value <= kLargestParameter;
}

bool is_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  return read.ec == std::errc() && read.ptr == end && value >= 0 &&
         value <= static_cast<double>(kLargestParameter);
}

bool fits(ParameterType type, std::string_view text) {
  switch (type) {
    case ParameterType::integer: return is_whole_number(text);
    case ParameterType::number: return is_number(text);
    case ParameterType::quantity: {
      const auto quantity = Quantity::parse(text);
      return quantity && *quantity >= Quantity{};
    }
    case ParameterType::list:
    case ParameterType::text: return true;
  }
  return false;
}

std::string_view wanted(ParameterType type) {
  switch (type) {
    case ParameterType::integer: return "a whole number of 0 or more";
    case ParameterType::number: return "a number of 0 or more";
    case ParameterType::quantity: return "a quantity such as 500m or 2Gi";
    case ParameterType::list: return "a list of words";
    case ParameterType::text: return "a text";
  }
  return "";
}

// As Parameters keeps it; nullopt where it was refused.
std::optional<std::string> parameter_value(ConfigReader& reader, const RuleInfo& rule,
                                           const ParameterInfo& parameter, Node value) {
  const std::string what = fmt::format("`{}` of {}", parameter.name, rule.id);
  if (parameter.type == ParameterType::list && value.is_sequence()) {
    std::vector<std::string> words = reader.texts(value, what);
    for (const Node item : value.items()) {
      if (item.text().find_first_of(" \t\n") != std::string_view::npos) {
        reader.refuse(item, fmt::format("a word of {} has a blank", what));
      }
    }
    return fmt::format("{}", fmt::join(words, " "));
  }
  if (value.is_scalar() && fits(parameter.type, value.text())) return std::string(value.text());
  const bool digits =
      !value.text().empty() && value.text().find_first_not_of("0123456789") == std::string::npos;
  reader.refuse(value,
                fmt::format("{} is {}; it takes {}", what,
                            value.is_scalar() ? fmt::format("`{}`", value.text())
                                              : std::string(describe_kind(value)),
                            digits ? fmt::format("at most {}", kLargestParameter)
                                   : std::string(wanted(parameter.type))),
                fmt::format("the default is {}", parameter.default_value));
  return std::nullopt;
}

using Severities = std::map<std::string, Severity, std::less<>>;

void read_severity(ConfigReader& reader, const Entry& entry, const RuleInfo* rule,
                   Severities& severities) {
  const std::string_view word = entry.value.text();
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    if (word != to_string(severity)) continue;
    if (rule != nullptr) severities.emplace(rule->id, severity);
    if (is_analyzer_code(entry.key.text())) severities.emplace(entry.key.text(), severity);
    return;
  }
  const std::string what = fmt::format("the severity of {}", entry.key.text());
  if (!entry.value.is_scalar()) {
    reader.refuse(
        entry.value ? entry.value : entry.key,
        fmt::format("{} is {}; it takes error, warning or info", what, describe_kind(entry.value)));
    return;
  }
  const bool off = word == "off" || word == "none" || word == "ignore" || word == "false";
  const std::string near =
      nearest(word, std::vector<std::string>(kSeverities.begin(), kSeverities.end()));
  std::string hint = near.empty() ? "" : fmt::format("did you mean `{}`?", near);
  if (word == "warn") hint = "did you mean `warning`?";
  if (off) hint = fmt::format("to turn the rule off: ignore: [{}]", entry.key.text());
  reader.refuse(entry.value, fmt::format("{} is `{}`, not error, warning or info", what, word),
                hint);
}

// A pattern of .gitignore from this file's folder. People write `./dev/x.yaml` for that too, of
// which git's patterns know nothing; what is above the folder no pattern can name.
std::string read_path(ConfigReader& reader, Node value) {
  std::string path = reader.text(value, "`path`").value_or("");
  const bool from_here = path.starts_with("./");
  if (from_here) path.erase(0, 1);  // `/dev/x.yaml` is of this folder alone
  const auto pattern = IgnorePattern::parse(path);
  const bool above = path == ".." || path.starts_with("../") || path.ends_with("/..") ||
                     path.find("/../") != std::string::npos;
  if (!path.empty() && (!pattern || pattern->negated() || above)) {
    reader.refuse(value, fmt::format("`{}` is no pattern of paths", value.text()),
                  "write it as in .gitignore, from this file's folder: dev/**");
  }
  return path;
}

void read_override(ConfigReader& reader, Node item, Config& config) {
  const auto known = reader.keys(item, "an override", config_key("overrides").keys);
  if (!known) return;
  Override one;
  if (const Node path = item["path"]) one.path = read_path(reader, path);
  if (const Node name = item["namespace"]) {
    one.name_space = reader.text(name, "`namespace`").value_or("");
    if (!one.name_space.empty() && !is_namespace_pattern(one.name_space)) {
      reader.refuse(name, fmt::format("`{}` is no pattern of namespaces", one.name_space),
                    "write a name, or part of one with * or ?: dev-*");
    }
  }
  if (*known && item["path"].is_null() && item["namespace"].is_null()) {
    reader.refuse(item, "an override names neither path nor namespace",
                  R"(add `path: "dev/**"` or `namespace: "dev-*"`)");
  }
  one.ignore = read_words(reader, item["ignore"], "ignore");
  read_severities(reader, item["severities"], one.severities);
  if (*known && item["ignore"].is_null() && item["severities"].is_null()) {
    reader.refuse(item, "an override changes nothing",
                  "add `ignore: [MC301]` or `severities: {MC301: info}`");
  }
  config.overrides.push_back(std::move(one));
}

}  // namespace

std::vector<std::string> read_words(ConfigReader& reader, Node list, std::string_view key) {
  std::vector<std::string> words;
  const std::string what = fmt::format("`{}`", key);
  reader.items(list, what, [&](Node item) {
    auto word = reader.text(item, fmt::format("an item of {}", what));
    if (!word) return;
    if (const auto error = check_rule_word(*word)) reader.refuse(item, error->message, error->hint);
    words.push_back(std::move(*word));
  });
  if (key == "select" && list.is_sequence() && list.size() == 0) {
    reader.refuse(list, "`select` names no rule", "leave it out, or write [ALL], for every rule");
  }
  return words;
}

void read_severities(ConfigReader& reader, Node section, Severities& severities) {
  RuleKeys rules(reader, "`severities`");
  reader.entries(section, "`severities`", [&](const Entry& entry) {
    // Codes of istioctl analyze are not ours to list.
    const bool code = is_analyzer_code(entry.key.text());
    read_severity(reader, entry, code ? nullptr : rules.find(entry.key), severities);
  });
}

void read_parameters(ConfigReader& reader, Node section, Config& config) {
  RuleKeys rules(reader, "`parameters`");
  reader.entries(section, "`parameters`", [&](const Entry& entry) {
    const RuleInfo* rule = rules.find(entry.key);
    if (rule == nullptr) return;
    reader.entries(entry.value, fmt::format("`{}`", rule->id), [&](const Entry& setting) {
      const ParameterInfo* parameter = find_parameter(reader, *rule, setting.key);
      if (parameter == nullptr) return;
      auto value = parameter_value(reader, *rule, *parameter, setting.value);
      if (!value) return;
      config.parameters[std::string(rule->id)].emplace_back(parameter->name, std::move(*value));
    });
  });
}

void read_overrides(ConfigReader& reader, Node section, Config& config) {
  reader.items(section, "`overrides`", [&](Node item) { read_override(reader, item, config); });
}

}  // namespace meshcheck::cli
