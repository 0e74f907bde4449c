// What the flags of each command said.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/select.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// Flags of every command that reads a mesh.
struct InputOptions {
  std::vector<std::string> paths;      // positional
  std::vector<std::string> filenames;  // -f
  std::vector<std::string> values;
  std::vector<std::string> proxy_status;  // audit only, and the next
  std::vector<std::string> metrics;
  std::vector<std::string> versions;  // saved output of `istioctl version`
  std::string stdin_filename;
  std::string default_namespace;
  std::string istio_version;
  std::string kube_version;
  std::string config;
  std::string node_allocatable;
  std::string baseline;            // audit and baseline only
  std::vector<std::string> rates;  // --rps
  bool isolated = false;
  bool complete = false;
  bool parse_all = false;
};

struct AuditOptions {
  InputOptions input;
  std::vector<std::string> outputs;  // FORMAT[=FILE]
  Selection selection;
  std::string fail_on = "error";
  std::string colour = "auto";
  std::string now;
  bool quiet = false;
  bool verbose = false;
  bool exit_zero = false;
  bool allow_incomplete = false;
  bool statistics = false;
  bool no_suppressions = false;
  bool disallow_annotation_suppressions = false;
  bool include_suppressed = false;
  bool allow_stale_baseline = false;
};

// meshcheck baseline write|check|prune: an audit whose findings go to a file.
struct BaselineOptions {
  std::string action;
  AuditOptions audit;
  std::string ttl;
  std::string reason;
};

struct ExplainOptions {
  std::string rule;
};

struct RulesOptions {
  std::string output = "table";
  Selection selection;
};

struct InspectOptions {
  InputOptions input;
  std::string output = "table";
  bool documents = false;
  std::string policies;  // NAMESPACE/WORKLOAD
  // Of the request that they judge; empty: not said.
  std::string from;
  std::string port;
  std::string path;
  std::string method;
};

enum class CommandName : std::uint8_t { audit, baseline, explain, rules, inspect, version, help };

struct CommandLine {
  CommandName command = CommandName::help;
  std::string help;  // to print for `help`
  AuditOptions audit;
  BaselineOptions baseline;
  ExplainOptions explain;
  RulesOptions rules;
  InspectOptions inspect;
};

// Every flag may also come from the environment as MESHCHECK_ and its name (MESHCHECK_FAIL_ON).
Result<CommandLine> parse_command_line(const std::vector<std::string>& args);

}  // namespace meshcheck::cli
