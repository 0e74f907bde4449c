// What the flags of each command said.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/select.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// The words that a flag takes, the default first.
inline constexpr std::array<std::string_view, 3> kColours = {"auto", "always", "never"};
inline constexpr std::array<std::string_view, 4> kFailOn = {"error", "warning", "info", "never"};
inline constexpr std::array<std::string_view, 2> kWatchFormats = {"text", "json-lines"};
inline constexpr std::array<std::string_view, 3> kRulesFormats = {"table", "json", "markdown"};
inline constexpr std::array<std::string_view, 2> kInspectFormats = {"table", "json"};
inline constexpr std::array<std::string_view, 2> kConfigFormats = {"yaml", "json"};
inline constexpr std::array<std::string_view, 3> kBaselineActions = {"write", "check", "prune"};
inline constexpr std::array<std::string_view, 3> kShells = {"bash", "zsh", "fish"};

// Which clusters, and how to reach them.
struct LiveOptions {
  bool on = false;       // --live
  std::string snapshot;  // instead of it
  std::string kubeconfig;
  std::vector<std::string> contexts;
  std::string cluster;
  std::string user;
  std::string server;
  std::string tls_server_name;
  std::string certificate_authority;
  std::string client_certificate;
  std::string client_key;
  std::string token;
  std::string token_file;
  std::string as;
  std::vector<std::string> as_group;
  std::string as_uid;
  std::vector<std::string> as_user_extra;  // KEY=VALUE
  std::string proxy_url;
  std::string exec_plugins;
  std::string request_timeout;
  std::string timeout;
  std::vector<std::string> namespaces;
  std::string drift_window;
  std::string istioctl;
  bool all_contexts = false;
  bool all_namespaces = false;
  bool disable_compression = false;
  bool insecure = false;
  bool no_drift = false;
  // No flags: by selection.
  std::vector<std::string> kinds;  // the only ones to list; empty: all
  bool drift_unused = false;       // no rule asks for the state of proxies

  bool wanted() const { return on || !snapshot.empty(); }
};

// Flags of every command that reads a mesh.
struct InputOptions {
  std::vector<std::string> paths;      // positional
  std::vector<std::string> filenames;  // -f
  std::vector<std::string> values;
  std::vector<std::string> proxy_status;  // audit only, and the next
  std::vector<std::string> metrics;
  std::vector<std::string> istioctl_analyze;
  std::vector<std::string> versions;  // saved output of `istioctl version`
  LiveOptions live;
  std::string stdin_filename;
  std::string render_timeout;
  std::string default_namespace;
  std::string name_space;  // -n, until it is known which of the two it means
  std::string istio_version;
  std::string kube_version;
  std::string config;
  std::string node_allocatable;
  std::string baseline;            // audit and baseline only
  std::vector<std::string> rates;  // --rps
  bool isolated = false;
  bool complete = false;
  bool parse_all = false;
  bool render = false;
};

struct AuditOptions {
  InputOptions input;
  std::vector<std::string> outputs;  // FORMAT[=FILE]
  Selection selection;
  std::string fail_on = "error";  // of kFailOn
  std::string sarif_category;
  std::string colour;  // of kColours
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
  bool fix = false;
  bool diff = false;
  bool unsafe_fixes = false;
};

// meshcheck baseline write|check|prune: an audit whose findings go to a file.
struct BaselineOptions {
  std::string action;
  AuditOptions audit;
  std::string ttl;
  std::string reason;
};

// meshcheck snapshot -o FILE.tar.gz
struct SnapshotOptions {
  std::string to;
  LiveOptions live;
};

// meshcheck rbac: what an audit of a cluster has to be allowed.
struct RbacOptions {
  Selection selection;
  std::string name_space;  // of istiod
  std::vector<std::string> revisions;
  std::vector<std::string> shared_configs;  // ConfigMaps that SHARED_MESH_CONFIG names
  bool drift = false;
};

// meshcheck watch --proxy-status
struct WatchOptions {
  LiveOptions live;
  InputOptions input;  // which configuration holds
  std::string output;  // of kWatchFormats
  std::string interval;
  std::string duration;
  std::string max_stale_percent;
  std::string min_seconds;
  bool proxy_status = false;
};

struct ExplainOptions {
  std::string rule;
};

struct RulesOptions {
  std::string output;  // of kRulesFormats
  Selection selection;
};

struct InspectOptions {
  InputOptions input;
  std::string output;  // of kInspectFormats
  bool documents = false;
  std::string policies;  // NAMESPACE/WORKLOAD
  // Of the request that they judge; empty: not said.
  std::string from;
  std::string port;
  std::string path;
  std::string method;
};

// Of `config show`; `schema` and `init` take no flags.
struct ConfigOptions {
  InputOptions input;  // which file is read, and rates
  Selection selection;
  std::string output;  // of kConfigFormats
};

struct CompletionOptions {
  std::string shell;  // of kShells
};

enum class CommandName : std::uint8_t {
  audit,
  baseline,
  explain,
  rules,
  inspect,
  config_show,
  config_schema,
  config_init,
  completion,
  snapshot,
  rbac,
  watch,
  version,
  help
};

struct CommandLine {
  CommandName command = CommandName::help;
  std::string help;  // to print for `help`
  AuditOptions audit;
  BaselineOptions baseline;
  ExplainOptions explain;
  RulesOptions rules;
  InspectOptions inspect;
  ConfigOptions config;
  CompletionOptions completion;
  SnapshotOptions snapshot;
  RbacOptions rbac;
  WatchOptions watch;
};

// Every flag may also come from the environment as MESHCHECK_ and its name (MESHCHECK_FAIL_ON).
Result<CommandLine> parse_command_line(const std::vector<std::string>& args);

}  // namespace meshcheck::cli
