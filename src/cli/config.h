// meshcheck.yaml: found, read strictly and checked; what is wrong with it is said all at once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "input/load.h"
#include "meshcheck/document.h"
#include "meshcheck/finding.h"
#include "meshcheck/result.h"
#include "meshcheck/settings.h"
#include "meshcheck/suppression.h"

namespace meshcheck::cli {

// What holds for the findings in some files, of objects in some namespaces; where both are named a
// finding must match both.
struct Override {
  std::string path;        // a pattern of .gitignore(5), from the configuration's folder; or empty
  std::string name_space;  // with * and ?; or empty
  std::vector<std::string> ignore;                          // words of a selection
  std::map<std::string, Severity, std::less<>> severities;  // by rule id
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
  std::shared_ptr<const Loaded> source;  // what `root` points to
  Node root;                             // what the file says; missing where there is none
};

ConfigRead read_config(const std::string& path);

// What the flags of a command ask for: --config, --isolated, or the file that is found.
ConfigRead configure(const InputOptions& options);

}  // namespace meshcheck::cli
