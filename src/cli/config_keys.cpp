#include "cli/config_keys.h"

#include <algorithm>

namespace meshcheck::cli {
namespace {

using Words = std::string_view[];

constexpr Words kPlace = {"path", "namespace"};
constexpr Words kEffect = {"ignore", "severities"};
constexpr Words kOwner = {"namespace", "team"};
constexpr Words kAmount = {"cpu", "memory"};

constexpr KeyGroup kOverrideGroups[] = {{kPlace}, {kEffect}};
constexpr KeyGroup kBudgetGroups[] = {{kOwner, true}, {kAmount}};

constexpr KeyInfo kOverride[] = {
    {"path", KeyType::path,
     "The files it is for: a pattern as in .gitignore, from the folder of this file."},
    {"namespace", KeyType::glob,
     "The namespace of the objects it is for; * stands for any letters, ? for one."},
    {"ignore", KeyType::rule_words, "Rules whose findings are set aside there."},
    {"severities", KeyType::severities,
     "The severity that all findings of a rule have there; the last override that matches wins."},
};

constexpr KeyInfo kBudget[] = {
    {"namespace", KeyType::text, "The namespace whose sidecars it is for."},
    {"team", KeyType::text, "The team whose namespaces' sidecars it is for, by team-label."},
    {"cpu", KeyType::quantity, "What the sidecars may request of CPU together: 500m, \"2\"."},
    {"memory", KeyType::quantity, "What they may request of memory together: 512Mi, 4Gi."},
};

constexpr KeyInfo kInvestigation[] = {
    {"namespace", KeyType::text, "The namespace in which access logs are wanted.", true},
    {"workload", KeyType::text, "The one workload; without it, the whole namespace."},
    {"until", KeyType::day, "The last day on which they are wanted, in UTC."},
    {"reason", KeyType::text, "Why they are wanted: a ticket, an incident."},
};

constexpr KeyInfo kSuppression[] = {
    {"rule", KeyType::rule, "The rule whose findings are accepted.", true},
    {"kind", KeyType::text, "The kind of the object they are about."},
    {"namespace", KeyType::glob, "The namespace of the object."},
    {"name", KeyType::glob, "The name of the object."},
    {"reason", KeyType::text, "Why they are accepted.", true},
    {"until", KeyType::day, "The last day on which they are, in UTC."},
};

constexpr KeyInfo kKeys[] = {
    {.name = "version",
     .type = KeyType::version,
     .description = "The version of this format.",
     .required = true,
     .default_value = "1"},
    {.name = "select",
     .type = KeyType::rule_words,
     .description = "Rules to run: identifiers, prefixes, names, tags, or ALL.",
     .default_value = "[ALL]"},
    {.name = "ignore",
     .type = KeyType::rule_words,
     .description = "Rules not to run. Where a rule is both selected and ignored, the more exact "
                    "word wins."},
    {.name = "severities",
     .type = KeyType::severities,
     .description = "The severity of all findings of a rule, by its identifier or name."},
    {.name = "parameters",
     .type = KeyType::parameters,
     .description = "Thresholds of rules, by their identifier or name; `meshcheck explain RULE` "
                    "shows them."},
    {.name = "overrides",
     .type = KeyType::items,
     .description = "Other severities, or none of some rules' findings, for some files or "
                    "namespaces.",
     .keys = kOverride,
     .groups = kOverrideGroups},
    {.name = "team-label",
     .type = KeyType::label,
     .description = "The label of namespaces that names the team they belong to.",
     .default_value = "team"},
    {.name = "budgets",
     .type = KeyType::items,
     .description = "What the sidecars of a namespace, or of a team's namespaces, may request "
                    "together.",
     .keys = kBudget,
     .groups = kBudgetGroups},
    {.name = "rps",
     .type = KeyType::rates,
     .description = "Requests per second of a workload, by NAMESPACE/NAME."},
    {.name = "investigations",
     .type = KeyType::items,
     .description = "Where access logs are wanted for now.",
     .keys = kInvestigation},
    {.name = "support",
     .type = KeyType::days,
     .description = "The last day of support of a minor version of Istio, where a vendor's "
                    "differs."},
    {.name = "suppressions",
     .type = KeyType::items,
     .description = "Findings that are accepted, with the reason.",
     .keys = kSuppression},
};

}  // namespace

std::span<const KeyInfo> config_keys() { return kKeys; }

const KeyInfo& config_key(std::string_view name) {
  return *std::ranges::find(kKeys, name, &KeyInfo::name);
}

std::vector<std::string_view> names_of(std::span<const KeyInfo> keys) {
  std::vector<std::string_view> names;
  for (const KeyInfo& key : keys) names.push_back(key.name);
  return names;
}

}  // namespace meshcheck::cli
