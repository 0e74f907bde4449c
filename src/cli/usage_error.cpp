#include "cli/usage_error.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/flags.h"
#include "cli/options.h"
#include "engine/select.h"

namespace meshcheck::cli {
namespace {

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
  }
  return flags;
}

// "config show": the command as it is typed behind the program's name.
std::string path_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  const bool top = parent == nullptr || parent->get_parent() == nullptr;
  return (top ? "" : path_of(*parent) + ' ') + command.get_name();
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  return names;
}

std::string lists_the_flags(const CLI::App& command) {
  return fmt::format("`meshcheck {} --help` lists the flags", path_of(command));
}

std::string suggestion(const std::string& near, const std::string& hint) {
  return near.empty() ? hint : fmt::format("did you mean `{}`? {}", near, hint);
}

Error unknown_flag(const std::string& flag, const CLI::App& command) {
  const std::vector<std::string> known = flags_of(command);
  if (std::ranges::find(known, flag) != known.end()) {
    return fail("", fmt::format("`{}` stands before the command", flag),
                fmt::format("write it behind: meshcheck {} {} …", path_of(command), flag));
  }
  std::string near = nearest(flag, known);
  for (const std::string& other : known) {  // ruff's --output-format
    if (near.empty() && other.starts_with("--") && flag.starts_with(other + "-")) near = other;
  }
  return fail("", fmt::format("there is no flag `{}`", flag),
              suggestion(near, lists_the_flags(command)));
}

Error unknown_command(const std::string& word, const CLI::App& app) {
  const std::string list = "`meshcheck --help` lists the commands";
  const std::string message = fmt::format("there is no command `{}`", word);
  if (word == "help")
    return fail("", message, list + ", `meshcheck audit --help` the flags of one");
  const std::string near = nearest(word, commands_of(app));
  return fail("", message,
              near.empty() ? fmt::format("{}; to audit files: meshcheck audit {}", list, word)
                           : suggestion(near, list));
}

// `meshcheck config shw`, or `config` alone.
Error unknown_part(const std::string& word, const CLI::App& command) {
  const std::vector<std::string> known = commands_of(command);
  const std::string name = path_of(command);
  const std::string list = fmt::format("its commands are {}", fmt::join(known, ", "));
  if (word.empty()) return fail("", fmt::format("`{}` needs a command behind it", name), list);
  return fail("", fmt::format("`{}` has no command `{}`", name, word),
              suggestion(nearest(word, known), list));
}

// A word that is no flag, command or path of the command line; `command` is what it has chosen.
Error unexpected(const std::string& word, const CLI::App& app, const CLI::App& command) {
  const std::string flag = word.substr(0, word.find('='));
  const bool chosen = &command != &app;
  if (word.starts_with('-') && chosen) return unknown_flag(flag, command);
  if (word == "help" || (!chosen && !word.starts_with('-'))) return unknown_command(word, app);
  if (chosen && !commands_of(command).empty()) return unknown_part(word, command);
  if (chosen) {
    return fail("", fmt::format("`{}` is one word too many", word), lists_the_flags(command));
  }
  return fail("", fmt::format("there is no flag `{}`", flag),
              suggestion(nearest(flag, flags_of(app)),
                         "`meshcheck --help` lists the commands; to audit files: meshcheck audit "
                         "PATH"));
}

bool is_of(const CLI::ParseError& error, CLI::ExitCodes code) {
  return error.get_exit_code() == static_cast<int>(code);
}

// "--exit-zero = maybe", of a flag that takes no value but one from its variable.
std::optional<Error> no_truth(std::string_view message, const CLI::App& command) {
  constexpr std::string_view kEquals = " = ";
  const std::size_t begin = message.find("--");
  const std::size_t equals = message.find(kEquals, begin == std::string_view::npos ? 0 : begin);
  if (begin == std::string_view::npos || equals == std::string_view::npos) return std::nullopt;
  const std::string flag(message.substr(begin, equals - begin));
  const CLI::Option* option = command.get_option_no_throw(flag);
  if (option == nullptr || option->get_expected_min() != 0) return std::nullopt;
  return fail(
      "",
      fmt::format("{} is `{}`, not true or false", flag, message.substr(equals + kEquals.size())),
      fmt::format("{} alone is true; its variable takes true, false, 1 or 0", flag));
}

}  // namespace

Error empty_value(std::string_view flag) {
  return fail("", fmt::format("{} is given an empty value", flag),
              "is the shell variable that holds it set?");
}

Error usage_error(const CLI::ParseError& error, const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const std::vector<std::string> rest = app.remaining(true);
  if (is_of(error, CLI::ExitCodes::ExtrasError) && !rest.empty()) {
    return unexpected(rest.front(), app, *command);
  }
  const bool parts = command != &app && !commands_of(*command).empty();
  if (parts && is_of(error, CLI::ExitCodes::RequiredError)) {
    return unknown_part(rest.empty() ? "" : rest.front(), *command);
  }
  std::string message = error.what();
  if (is_of(error, CLI::ExitCodes::ConversionError)) {
    if (auto told = no_truth(message, *command)) return *std::move(told);
  }
  if (is_of(error, CLI::ExitCodes::ValidationError) && message.ends_with(kEmptyValue)) {
    return empty_value(message.substr(0, message.find(':')));
  }
  if (is_of(error, CLI::ExitCodes::ArgumentMismatch)) {
    message = message.substr(0, message.find(':')) + " needs a value";
  }
  // "RULE is required" begins with a name.
  const bool sentence =
      message.size() > 1 && std::islower(static_cast<unsigned char>(message[1])) != 0;
  if (sentence) message[0] = static_cast<char>(std::tolower(message[0]));
  while (message.ends_with('\n') || message.ends_with('.')) message.pop_back();
  return fail("", message,
              command == &app
                  ? "`meshcheck --help` lists the commands; to audit files: meshcheck audit PATH"
                  : lists_the_flags(*command));
}

}  // namespace meshcheck::cli
