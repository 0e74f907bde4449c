// The commands and flags as plain data, read from the parser that parses them: completions and the
// manual are written from this.
#pragma once

#include <string>
#include <vector>

namespace meshcheck::cli {

struct ArgumentInfo {
  std::vector<std::string> spellings;  // "-f", "--filename"; of a positional its name: "PATH"
  std::string value;                   // what stands for its value: "FILE"; empty: it takes none
  std::vector<std::string> words;      // the values there are; empty where there is no such list
  std::string description;             // as --help has it
  std::string variable;                // "MESHCHECK_FILENAME"; may be empty
  bool repeatable = false;
  bool required = false;
};

struct CommandInfo {
  std::string name;  // "audit", "config show"; empty: the program itself
  std::string description;
  std::vector<ArgumentInfo> flags;        // in the order of --help, without --help itself
  std::vector<ArgumentInfo> positionals;  // in their order
  std::vector<std::string> commands;      // "show", "schema", … behind this one
};

// The program first, then each command, a command of a command behind it.
std::vector<CommandInfo> describe_interface();

}  // namespace meshcheck::cli
