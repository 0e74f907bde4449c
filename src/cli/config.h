// meshcheck.yaml: found, read strictly and checked; what is wrong with it is said all at once.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "input/load.h"
#include "meshcheck/finding.h"
#include "meshcheck/result.h"
#include "meshcheck/settings.h"
#include "meshcheck/suppression.h"

namespace meshcheck::cli {

// Findings of these rules are set aside where their file matches.
struct Override {
  std::string path;                 // a pattern of .gitignore(5), from the configuration's folder
  std::vector<std::string> ignore;  // words of a selection
};

struct Config {
  std::string path;  // as the system opens it; empty where there is none
  std::vector<std::string> select;
  std::vector<std::string> ignore;
  std::map<std::string, Severity, std::less<>> severities;  // by rule id
  // By rule id, as RunOptions has them.
  std::map<std::string, std::vector<std::pair<std::string, std::string>>, std::less<>> parameters;
  Settings settings;
  std::vector<Override> overrides;
  std::vector<Suppression> suppressions;  // by names
};

// Reads one of our own files, YAML or JSON, whatever it looks like.
Loaded load_own_file(const std::string& path);
// What the reader itself says of it: broken YAML, markup of templates, keys given twice.
void refuse_unreadable(const Loaded& loaded, std::vector<Error>& errors);

// The nearest meshcheck.yaml from the folder of `first_path` up to the root of its repository (the
// folder with .git) or of the file system; empty where there is none. A Kubernetes object of that
// name is not one.
std::string find_config(const std::string& first_path);

struct ConfigRead {
  Config config;
  std::vector<Error> errors;  // each with its place; the configuration is of use only without
};

ConfigRead read_config(const std::string& path);

// What the flags of a command ask for: --config, --isolated, or the file that is found.
ConfigRead configure(const InputOptions& options);

// Every key that the file may have, in the order in which the manual explains them.
std::span<const std::string_view> config_keys();

}  // namespace meshcheck::cli
