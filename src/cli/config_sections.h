// The sections of the configuration file, one function each.
#pragma once

#include "cli/config.h"
#include "cli/config_reader.h"

namespace meshcheck::cli {

// What it says of rules.
std::vector<std::string> read_words(ConfigReader& reader, Node list, std::string_view key);
void read_severities(ConfigReader& reader, Node section,
                     std::map<std::string, Severity, std::less<>>& severities);
void read_parameters(ConfigReader& reader, Node section, Config& config);
void read_overrides(ConfigReader& reader, Node section, Config& config);

void read_suppressions(ConfigReader& reader, Node section, Config& config);

// What it says of the mesh.
void read_team_label(ConfigReader& reader, Node value, Settings& settings);
void read_budgets(ConfigReader& reader, Node section, Settings& settings);
void read_rates(ConfigReader& reader, Node section, Settings& settings);
void read_investigations(ConfigReader& reader, Node section, Settings& settings);
void read_support(ConfigReader& reader, Node section, Settings& settings);

}  // namespace meshcheck::cli
