// The parser of the command line: every command with its flags, bound to a CommandLine.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/options.h"

namespace meshcheck::cli {

struct CommandLineApp {
  explicit CommandLineApp(CommandLine& line);

  CLI::App app;
  bool version_flag = false;
};

}  // namespace meshcheck::cli
