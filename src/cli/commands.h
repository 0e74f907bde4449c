// One function a command; each answers with the exit status.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/run.h"
#include "meshcheck/report.h"
#include "meshcheck/result.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {

Exit audit(const AuditOptions& options, const Surroundings& surroundings);
Exit baseline(const BaselineOptions& options, const Surroundings& surroundings);
Exit explain(const ExplainOptions& options, const Surroundings& surroundings);
Exit rules(const RulesOptions& options, const Surroundings& surroundings);
Exit show_config(const ConfigOptions& options, const Surroundings& surroundings);
Exit print_config_schema(const Surroundings& surroundings);
Exit init_config(const Surroundings& surroundings);
Exit completion(const CompletionOptions& options, const Surroundings& surroundings);
Exit snapshot(const SnapshotOptions& options, const Surroundings& surroundings);
Exit rbac(const RbacOptions& options, const Surroundings& surroundings);
Exit watch(const WatchOptions& options, const Surroundings& surroundings);
Exit inspect(const InspectOptions& options, const Surroundings& surroundings);

// The rules as a table of the README, by points.
std::string rules_table(std::span<const Rule* const> rules);

// Says an error to the person: the message on one line, the way out on the next.
void say(const Error& error, std::ostream& err);
void say(const std::vector<Error>& errors, std::ostream& err);

// One line of text that others may have written, so that it steers neither a terminal nor a CI
// runner.
void say_line(std::string_view text, std::ostream& out);

}  // namespace meshcheck::cli
