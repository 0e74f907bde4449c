// What the host tool writes from rules/: run by the build, never shipped.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace meshcheck::rulegen {

// One rules/mcNNN-name.yaml, checked.
struct RuleFile {
  struct Parameter {
    std::string name, default_value, description;
    std::string type;  // integer, number, quantity, list or text
  };
  std::string id;    // "MC201"
  std::string name;  // "istiod-single-replica"
  std::string title;
  std::string severity;
  std::vector<std::pair<std::string, std::string>> severities;
  int point = 0;
  std::string by;
  std::vector<std::string> needs;
  std::string precision;
  std::vector<std::string> tags;
  std::vector<Parameter> parameters;
  std::vector<std::string> folds_into;
  std::string why;
  std::string fix;
  std::vector<std::string> references;
  std::string since;
  std::string autofix;  // manual, unsafe or safe
};

// Reads and checks the files; throws std::runtime_error with "file:line: reason" on the first that
// is not as rules/README.md has it.
std::vector<RuleFile> read_rules(std::span<const std::string> paths);

// Whether the catalogue names the rules' functions, or is of use without them.
enum class Functions { named, left_out };

// Each writes `out` only where its bytes change, so that nothing is rebuilt in vain.
void generate_catalogue(const std::string& out, std::span<const std::string> rule_files,
                        Functions functions);
void generate_data(const std::string& out, std::span<const std::string> data_files);
void generate_docs(const std::string& out, const std::string& testdata,
                   std::span<const std::string> rule_files);

void write_if_changed(const std::string& path, const std::string& text);

}  // namespace meshcheck::rulegen
