// What holds of every command and flag: variables, the width of the help, the name of the program.
#include "cli/interface.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cli/command_line_app.h"
#include "cli/run.h"

using namespace meshcheck;
using cli::ArgumentInfo;
using cli::CommandInfo;

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string help_of(const std::string& command, const std::string& program = "meshcheck") {
  std::vector<std::string> args = words_of(command);
  args.emplace_back("--help");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli::run(args, {in, out, err, false, 0, [](const char*) { return std::nullopt; }, program});
  return out.str();
}

// Whether the command takes the flag's value from its variable.
bool heeds_variable(const CommandInfo& command, const ArgumentInfo& flag) {
  cli::CommandLine line;
  cli::CommandLineApp parser(line);
  std::vector<std::string> args = words_of(command.name);
  for (const ArgumentInfo& positional : command.positionals) {
    if (positional.required) args.push_back("x");
  }
  std::ranges::reverse(args);
  ::setenv(flag.variable.c_str(), flag.value.empty() ? "true" : "x", 1);
  parser.app.parse(args);
  ::unsetenv(flag.variable.c_str());
  const CLI::App* chosen = &parser.app;
  for (const std::string& word : words_of(command.name)) chosen = chosen->get_subcommand(word);
  return chosen->get_option(flag.spellings.back())->count() > 0;
}

}  // namespace

TEST_CASE("every flag may come from the environment, but for those that say why not") {
  // MESHCHECK_OUTPUT names formats of reports; Kubernetes sets MESHCHECK_PORT for a Service
  // called meshcheck; what is said of new entries of a baseline is said of one occasion;
  // MESHCHECK_PROXY_STATUS names files; -n is --default-namespace, or --namespace, which have one.
  const std::set<std::string> without = {
      "rules --output", "inspect --output",  "inspect --port", "config show --output",
      "baseline --ttl", "baseline --reason", "watch --output", "watch --proxy-status",
      "audit -n",       "inspect -n",        "baseline -n"};
  for (const CommandInfo& command : cli::describe_interface()) {
    if (command.name.empty()) continue;
    for (const ArgumentInfo& flag : command.flags) {
      const std::string name = command.name + ' ' + flag.spellings.back();
      CAPTURE(name);
      CHECK(flag.variable.empty() == without.contains(name));
      if (!flag.variable.empty()) CHECK(heeds_variable(command, flag));
    }
  }
}

TEST_CASE("each flag says what it takes and what it is for") {
  for (const CommandInfo& command : cli::describe_interface()) {
    CHECK_FALSE(command.description.empty());
    for (const ArgumentInfo& flag : command.flags) {
      CAPTURE(command.name, flag.spellings);
      CHECK_FALSE(flag.description.empty());
      // The help is read by people: what they may write is in it.
      for (const std::string& word : flag.words) {
        CHECK(flag.description.find(word) != std::string::npos);
      }
    }
  }
}

TEST_CASE("the help of every command fits 80 columns, also as a plug-in of kubectl") {
  for (const CommandInfo& command : cli::describe_interface()) {
    for (const char* program : {"meshcheck", "kubectl meshcheck"}) {
      std::istringstream lines(help_of(command.name, program));
      for (std::string line; std::getline(lines, line);) {
        CAPTURE(command.name, line);
        CHECK(line.size() <= 80);
      }
    }
  }
}

TEST_CASE("as a plug-in of kubectl the help names the commands as they are typed there") {
  const std::string help = help_of("audit", "kubectl meshcheck");
  CHECK(help.find("Usage: kubectl meshcheck audit [OPTIONS]") != std::string::npos);
  CHECK(help.find("| kubectl meshcheck audit -") != std::string::npos);
  CHECK(help.find("nearest meshcheck.yaml") != std::string::npos);
  CHECK(help.find("kubectl kubectl") == std::string::npos);
  CHECK(help_of("", "kubectl meshcheck").find("`kubectl meshcheck explain MC201`") !=
        std::string::npos);
}
