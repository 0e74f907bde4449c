// Sections of the configuration file that say something about the mesh: they fill Settings.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/config_sections.h"
#include "cli/settings_flags.h"

namespace meshcheck::cli {
namespace {

// (k8s: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go, IsQualifiedName)
bool is_label_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  const std::string_view name = slash == std::string_view::npos ? key : key.substr(slash + 1);
  const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto inner = [&](char c) { return letter(c) || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && name.size() <= 63 && slash != 0 && letter(name.front()) &&
         letter(name.back()) && std::ranges::all_of(name, inner);
}

void read_budget(ConfigReader& reader, Node item, Settings& settings) {
  const auto known = reader.keys(item, "a budget", config_key("budgets").keys);
  if (!known) return;
  Budget budget;
  if (const Node value = item["namespace"]) {
    budget.name_space = reader.text(value, "`namespace`").value_or("");
  }
  if (const Node value = item["team"]) budget.team = reader.text(value, "`team`").value_or("");
  if (const Node value = item["cpu"]) budget.cpu = reader.quantity(value, "`cpu`");
  if (const Node value = item["memory"]) budget.memory = reader.quantity(value, "`memory`");
  if (*known && bool(item["namespace"]) == bool(item["team"])) {
    reader.refuse(item, "a budget is of one namespace or of one team",
                  "write either `namespace: NAME` or `team: NAME`");
  }
  if (*known && !item["cpu"] && !item["memory"]) {
    reader.refuse(item, "a budget limits nothing", "add `cpu: \"2\"`, `memory: 4Gi` or both");
  }
  settings.budgets.push_back(std::move(budget));
}

void read_investigation(ConfigReader& reader, Node item, Settings& settings) {
  const auto known = reader.keys(item, "an investigation", config_key("investigations").keys);
  if (!known) return;
  Investigation investigation;
  if (const Node value = item["namespace"]) {
    investigation.name_space = reader.text(value, "`namespace`").value_or("");
  } else if (*known) {
    reader.refuse(item, "an investigation names no namespace", "add `namespace: NAME`");
  }
  if (const Node value = item["workload"]) {
    investigation.workload = reader.text(value, "`workload`").value_or("");
  }
  if (const Node value = item["until"]) investigation.until = reader.day(value, "`until`");
  if (const Node value = item["reason"]) {
    investigation.reason = reader.text(value, "`reason`").value_or("");
  }
  settings.investigations.push_back(std::move(investigation));
}

bool is_minor(std::string_view text) {
  const auto version = Version::parse(text);
  return version && version->minor_text() == text;
}

}  // namespace

void read_team_label(ConfigReader& reader, Node value, Settings& settings) {
  if (value.is_null()) return;
  const auto label = reader.text(value, "`team-label`");
  if (!label) return;
  if (!is_label_key(*label)) {
    reader.refuse(value, fmt::format("`team-label` is `{}`, which is no key of a label", *label),
                  "write it as team or example.com/team");
    return;
  }
  settings.team_label = *label;
}

void read_budgets(ConfigReader& reader, Node section, Settings& settings) {
  reader.items(section, "`budgets`", [&](Node item) { read_budget(reader, item, settings); });
}

void read_rates(ConfigReader& reader, Node section, Settings& settings) {
  reader.entries(section, "`rps`", [&](const Entry& entry) {
    const std::string workload(entry.key.text());
    if (!is_workload(workload)) {
      reader.refuse(entry.key, fmt::format("`{}` is no workload", workload),
                    "write it as NAMESPACE/NAME");
    }
    const auto written = reader.text(entry.value, fmt::format("`{}`", workload));
    if (!written) return;
    if (const auto rate = parse_rate(*written)) {
      settings.requests_per_second[workload] = *rate;
    } else {
      reader.refuse(entry.value, fmt::format("`{}` is `{}`, which is no rate", workload, *written),
                    "write requests per second as a number: 500 or 0.5");
    }
  });
}

void read_investigations(ConfigReader& reader, Node section, Settings& settings) {
  reader.items(section, "`investigations`",
               [&](Node item) { read_investigation(reader, item, settings); });
}

void read_support(ConfigReader& reader, Node section, Settings& settings) {
  reader.entries(section, "`support`", [&](const Entry& entry) {
    const std::string minor(entry.key.text());
    if (!is_minor(minor)) {
      reader.refuse(entry.key, fmt::format("`{}` is no minor version of Istio", minor),
                    "write it as \"1.29\"");
    }
    const auto last = reader.day(entry.value, fmt::format("`{}`", minor));
    if (last) settings.support[minor] = *last;
  });
}

}  // namespace meshcheck::cli
