#include <algorithm>
#include <cctype>
#include <limits>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/output.h"
#include "engine/points.h"
#include "engine/select.h"
#include "meshcheck/autofix.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {
namespace {

using Json = nlohmann::ordered_json;

Json describe(const RuleInfo& rule) {
  Json json = {{"id", rule.id},
               {"name", rule.name},
               {"title", rule.title},
               {"severity", to_string(rule.severity)},
               {"severities", Json::object()},
               {"point", rule.point},
               {"needs", rule.needs},
               {"precision", rule.precision},
               {"tags", rule.tags},
               {"parameters", Json::object()},
               {"foldsInto", rule.folds_into},
               {"why", rule.why},
               {"fix", rule.fix},
               {"autofix", to_string(autofix_of(rule.id))},
               {"references", rule.references},
               {"since", rule.since}};
  for (const NamedSeverity& other : rule.severities) {
    json["severities"][std::string(other.name)] = to_string(other.severity);
  }
  for (const ParameterInfo& parameter : rule.parameters) {
    json["parameters"][std::string(parameter.name)] = {{"default", parameter.default_value},
                                                       {"type", to_string(parameter.type)},
                                                       {"description", parameter.description}};
  }
  return json;
}

}  // namespace

std::string rules_table(std::span<const Rule* const> rules) {
  std::vector<const Rule*> ordered(rules.begin(), rules.end());
  std::ranges::stable_sort(ordered, {}, [](const Rule* rule) {
    return rule->info.point == 0 ? std::numeric_limits<int>::max() : rule->info.point;
  });
  std::string text = "| rule | finds |\n|---|---|\n";
  int point = -1;
  for (const Rule* rule : ordered) {
    const RuleInfo& info = rule->info;
    if (info.point != point) {
      point = info.point;
      const bool numbered = point >= 1 && point <= 8;
      text += fmt::format("| **{}{}** | |\n", numbered ? fmt::format("{} · ", point) : "",
                          point_title(point));
    }
    std::string anchor = fmt::format("{}-{}", info.id, info.name);
    std::ranges::transform(anchor, anchor.begin(), [](unsigned char c) { return std::tolower(c); });
    text +=
        fmt::format("| [{} {}](docs/rules.md#{}) | {} |\n", info.id, info.name, anchor, info.title);
  }
  return text;
}

Exit rules(const RulesOptions& options, const Surroundings& surroundings) {
  const auto selected = select_rules(options.selection);
  if (!selected) {
    say(selected.error(), surroundings.err);
    return Exit::usage;
  }
  if (const auto error = check_format(options.output, kRulesFormats)) {
    say(*error, surroundings.err);
    return Exit::usage;
  }
  if (options.output == "json") {
    Json list = Json::array();
    for (const Rule* rule : *selected) list.push_back(describe(rule->info));
    surroundings.out << list.dump(2) << '\n';
    return Exit::clean;
  }
  if (options.output == "markdown") {
    surroundings.out << rules_table(*selected);
    return Exit::clean;
  }
  for (const Rule* rule : *selected) {
    surroundings.out << fmt::format("{}  {:<8} {:<30} {}\n", rule->info.id,
                                    to_string(rule->info.severity), rule->info.name,
                                    rule->info.title);
  }
  return Exit::clean;
}

}  // namespace meshcheck::cli
