// Sections of the configuration file that say something about rules.
#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "cli/config_sections.h"
#include "engine/select.h"
#include "input/gitignore.h"
#include "input/istioctl_analyze.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {
namespace {

constexpr std::array<std::string_view, 3> kSeverities = {"error", "warning", "info"};
constexpr std::array<std::string_view, 2> kOverrideKeys = {"path", "ignore"};
constexpr std::int64_t kLargest = 1'000'000'000;  // rules may reckon with it

// The rule that a key names by ID or name; each once.
class RuleKeys {
 public:
  RuleKeys(ConfigReader& reader, std::string_view section) : reader_(reader), section_(section) {}

  const RuleInfo* find(Node key) {
    const Rule* rule = find_rule(key.text());
    if (rule == nullptr) {
      std::vector<std::string> names;
      for (const Rule& known : all_rules()) {
        names.emplace_back(known.info.id);
        names.emplace_back(known.info.name);
      }
      const std::string near = nearest(key.text(), names);
      reader_.refuse(key, fmt::format("no rule is called `{}`", key.text()),
                     near.empty() ? "`meshcheck rules` lists them all; prefixes and tags have no "
                                    "place here"
                                  : fmt::format("did you mean `{}`?", near));
      return nullptr;
    }
    if (!seen_.insert(rule->info.id).second) {
      reader_.refuse(key, fmt::format("{} names {} twice", section_, rule->info.id));
    }
    return &rule->info;
  }

 private:
  ConfigReader& reader_;
  std::string_view section_;
  std::set<std::string_view> seen_;
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
  return read.ec == std::errc() && read.ptr == end && value >= 0 && value <= kLargest;
}

bool is_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  return read.ec == std::errc() && read.ptr == end && value >= 0 &&
         value <= static_cast<double>(kLargest);
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
  reader.refuse(value,
                fmt::format("{} is {}; it takes {}", what,
                            value.is_scalar() ? fmt::format("`{}`", value.text())
                                              : std::string(describe_kind(value)),
                            wanted(parameter.type)),
                fmt::format("the default is {}", parameter.default_value));
  return std::nullopt;
}

void read_override(ConfigReader& reader, Node item, Config& config) {
  if (!reader.keys(item, "an override", kOverrideKeys)) return;
  Override one;
  if (const Node path = item["path"]) {
    one.path = reader.text(path, "`path`").value_or("");
    const auto pattern = IgnorePattern::parse(one.path);
    if (!one.path.empty() && (!pattern || pattern->negated())) {
      reader.refuse(path, fmt::format("`{}` is no pattern of paths", one.path),
                    "write it as in .gitignore, from this file's folder: dev/**");
    }
  } else {
    reader.refuse(item, "an override names no path", "add `path: \"dev/**\"`");
  }
  one.ignore = read_words(reader, item["ignore"], "ignore");
  if (!item["ignore"]) {
    reader.refuse(item, "an override says nothing of its path", "add `ignore: [MC301]`");
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

void read_severities(ConfigReader& reader, Node section, Config& config) {
  RuleKeys rules(reader, "`severities`");
  reader.entries(section, "`severities`", [&](const Entry& entry) {
    const bool code = is_analyzer_code(entry.key.text());
    const RuleInfo* rule = code ? nullptr : rules.find(entry.key);
    const std::string_view word = entry.value.text();
    for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
      if (word != to_string(severity)) continue;
      if (code) config.severities.emplace(entry.key.text(), severity);
      if (rule != nullptr) config.severities.emplace(rule->id, severity);
      return;
    }
    const std::string what = fmt::format("the severity of {}", entry.key.text());
    if (!entry.value.is_scalar()) {
      reader.refuse(entry.value ? entry.value : entry.key,
                    fmt::format("{} is {}; it takes error, warning or info", what,
                                describe_kind(entry.value)));
      return;
    }
    const bool off = word == "off" || word == "none" || word == "ignore" || word == "false";
    const std::string near =
        nearest(word, std::vector<std::string>(kSeverities.begin(), kSeverities.end()));
    std::string hint = near.empty() ? "" : fmt::format("did you mean `{}`?", near);
    if (off) hint = fmt::format("to turn the rule off: ignore: [{}]", entry.key.text());
    reader.refuse(entry.value, fmt::format("{} is `{}`, not error, warning or info", what, word),
                  hint);
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
