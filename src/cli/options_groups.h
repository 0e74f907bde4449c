// The flags of each command, a function a group; options_*.cpp have them.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/options.h"

namespace meshcheck::cli {

// What to read, and what the mesh's own files do not say.
void add_input(CLI::App& app, InputOptions& input);
// Which meshcheck.yaml holds.
void add_configuration_file(CLI::App& app, InputOptions& input);
// The same, and rates.
void add_configuration(CLI::App& app, InputOptions& input);
void add_selection(CLI::App& app, Selection& selection);

// What a finding must pass to count.
void add_judgement(CLI::App& app, AuditOptions& audit);

// Which clusters to read, and how to reach them.
void add_live(CLI::App& app, LiveOptions& live);

void add_snapshot(CLI::App& app, SnapshotOptions& snapshot);
void add_rbac(CLI::App& app, RbacOptions& rbac);
void add_watch(CLI::App& app, WatchOptions& watch);
void add_audit(CLI::App& app, AuditOptions& audit);
void add_baseline(CLI::App& app, BaselineOptions& baseline);
void add_explain(CLI::App& app, ExplainOptions& explain);
void add_rules(CLI::App& app, RulesOptions& rules);
void add_inspect(CLI::App& app, InspectOptions& inspect);
void add_config(CLI::App& app, ConfigOptions& config);
void add_completion(CLI::App& app, CompletionOptions& completion);

}  // namespace meshcheck::cli
