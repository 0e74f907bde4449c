#include "cli/interface.h"

#include <algorithm>

#include "cli/command_line_app.h"
#include "cli/options.h"

namespace meshcheck::cli {
namespace {

std::vector<std::string> split_words(std::string_view words) {
  std::vector<std::string> out;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find('|'), words.size());
    out.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

ArgumentInfo describe(const CLI::Option& option) {
  ArgumentInfo info;
  for (const std::string& name : option.get_snames()) info.spellings.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) info.spellings.push_back("--" + name);
  const std::string type = option.get_type_name();  // "WHEN:auto|always|never", see flags.cpp
  const std::size_t colon = std::min(type.find(':'), type.size());
  info.value = type.substr(0, colon);
  if (colon != type.size()) info.words = split_words(std::string_view(type).substr(colon + 1));
  if (option.get_positional()) {
    info.spellings = {option.get_name(true)};
    info.value = info.spellings.front();
  } else if (option.get_type_size() == 0) {
    info.value.clear();
  }
  info.description = option.get_description();
  info.variable = option.get_envname();
  info.repeatable = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                    option.get_expected_max() > 1;
  info.required = option.get_required();
  return info;
}

void describe(const CLI::App& app, const std::string& name, std::vector<CommandInfo>& out) {
  CommandInfo info;
  info.name = name;
  info.description = app.get_description();
  // By groups, as --help has them.
  for (const std::string& group : app.get_groups()) {
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() != group || option == app.get_help_ptr()) continue;
      (option->get_positional() ? info.positionals : info.flags).push_back(describe(*option));
    }
  }
  const auto commands = app.get_subcommands({});
  for (const CLI::App* command : commands) info.commands.push_back(command->get_name());
  out.push_back(std::move(info));
  for (const CLI::App* command : commands) {
    describe(*command, (name.empty() ? "" : name + ' ') + command->get_name(), out);
  }
}

}  // namespace

std::vector<CommandInfo> describe_interface() {
  CommandLine line;
  const CommandLineApp parser(line);
  std::vector<CommandInfo> commands;
  describe(parser.app, "", commands);
  return commands;
}

}  // namespace meshcheck::cli
