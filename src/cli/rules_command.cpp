#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/output.h"
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

Exit rules(const RulesOptions& options, const Surroundings& surroundings) {
  const auto selected = select_rules(options.selection);
  if (!selected) {
    say(selected.error(), surroundings.err);
    return Exit::usage;
  }
  if (const auto error = check_table_or_json(options.output)) {
    say(*error, surroundings.err);
    return Exit::usage;
  }
  if (options.output == "json") {
    Json list = Json::array();
    for (const Rule* rule : *selected) list.push_back(describe(rule->info));
    surroundings.out << list.dump(2) << '\n';
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
