#include "cli/run.h"

#include <algorithm>
#include <exception>
#include <istream>
#include <ostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/interface.h"
#include "cli/misspelt_variables.h"
#include "cli/options.h"
#include "report/terminal.h"

namespace meshcheck::cli {
namespace {

// Text in which commands are written as the user has to type them.
std::string as_called(std::string text, const std::string& program) {
  static constexpr std::string_view kName = "meshcheck ";
  if (program == "meshcheck") return text;
  static const std::vector<std::string> kCommands = describe_interface().front().commands;
  const auto begins_command = [&](std::string_view rest) {
    return rest.starts_with('-') || rest.starts_with('[') ||
           std::ranges::any_of(kCommands,
                               [&](const std::string& name) { return rest.starts_with(name); });
  };
  for (std::size_t at = text.find(kName); at != std::string::npos; at = text.find(kName, at)) {
    const bool command = begins_command(std::string_view(text).substr(at + kName.size()));
    if (command) text.replace(at, kName.size(), program + ' ');
    at += command ? program.size() + 1 : kName.size();
  }
  return text;
}

Exit dispatch(const CommandLine& line, const Surroundings& surroundings) {
  switch (line.command) {
    case CommandName::audit: return audit(line.audit, surroundings);
    case CommandName::baseline: return baseline(line.baseline, surroundings);
    case CommandName::explain: return explain(line.explain, surroundings);
    case CommandName::rules: return rules(line.rules, surroundings);
    case CommandName::inspect: return inspect(line.inspect, surroundings);
    case CommandName::config_show: return show_config(line.config, surroundings);
    case CommandName::config_schema: return print_config_schema(surroundings);
    case CommandName::config_init: return init_config(surroundings);
    case CommandName::completion: return completion(line.completion, surroundings);
    case CommandName::snapshot: return snapshot(line.snapshot, surroundings);
    case CommandName::rbac: return rbac(line.rbac, surroundings);
    case CommandName::watch: return watch(line.watch, surroundings);
    case CommandName::version:
      surroundings.out << "meshcheck " << MESHCHECK_VERSION << '\n';
      return Exit::clean;
    case CommandName::help:
      surroundings.out << as_called(line.help, surroundings.program);
      return Exit::clean;
  }
  return Exit::internal;
}

// A full disk or a closed output must not pass for a clean run, whatever is allowed of the input.
Exit delivered(Exit status, const Surroundings& surroundings) {
  surroundings.out.flush();
  if (surroundings.out) return status;
  say(fail("", "the standard output cannot be written", "the disk is full, or it was closed"),
      surroundings.err);
  return status == Exit::clean ? Exit::incomplete : status;
}

// The sentence names its source as a rule; a reader must not have to guess where it does not. A
// file called `a` is not named by every sentence with that word in it.
bool names(std::string_view message, std::string_view source) {
  if (source.empty()) return true;
  const auto ends_word = [](char c) {
    return std::string_view(" `'\",:;()\0", 10).find(c) != std::string_view::npos;
  };
  const bool path = source.find_first_of("./-") != std::string_view::npos;
  for (std::size_t at = message.find(source); at != std::string_view::npos;
       at = message.find(source, at + 1)) {
    const std::size_t end = at + source.size();
    const char before = at == 0 ? '\0' : message[at - 1];
    const char after = end == message.size() ? '\0' : message[end];
    const bool told = path || before == '`' || before == '\0' || after == ':' || after == '\0';
    if (told && ends_word(before) && ends_word(after)) return true;
  }
  return false;
}

}  // namespace

void say(const Error& error, std::ostream& err) {
  std::string line = "meshcheck: ";
  const bool placed = error.location && error.location->line != 0;
  if (placed) {
    line += fmt::format("{}:{}:{}: ", error.location->file, error.location->line,
                        error.location->column);
  }
  const bool named = placed && error.location->file == error.source;
  if (!named && !names(error.message, error.source)) line += error.source + ": ";
  say_line(line + error.message, err);
  const std::vector<std::string> hint = report::printable_lines(error.hint);
  if (!hint.empty()) err << fmt::format("  hint: {}\n", fmt::join(hint, "\n"));
}

void say_line(std::string_view text, std::ostream& out) {
  out << report::log_line(report::printable(text)) << '\n';
}

void say(const std::vector<Error>& errors, std::ostream& err) {
  for (const Error& error : errors) say(error, err);
}

int run(const std::vector<std::string>& args, const Surroundings& surroundings) {
  try {
    const auto line = parse_command_line(args);
    if (!line) {
      Error error = line.error();
      error.hint = as_called(std::move(error.hint), surroundings.program);
      say(error, surroundings.err);
      return static_cast<int>(Exit::usage);
    }
    say(misspelt_variables(surroundings.variables), surroundings.err);
    return static_cast<int>(delivered(dispatch(*line, surroundings), surroundings));
  } catch (const std::exception& error) {
    say(fail("", fmt::format("internal error: {}", error.what()),
             "please report this with the input that shows it"),
        surroundings.err);
    return static_cast<int>(Exit::internal);
  }
}

}  // namespace meshcheck::cli
